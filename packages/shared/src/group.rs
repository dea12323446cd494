//! Groups: who is in one, and what they may do there.

use serde::{Deserialize, Serialize};

use crate::{ChatId, GroupTitle, UserId, error::FieldErrors};

/// Members of a group at most.
pub const MAX_MEMBERS: usize = 100;
/// Days until somebody may be invited to the same group again, whatever became of the last invitation.
pub const INVITE_AGAIN_DAYS: i64 = 30;

/// What a member may do. The greater may do all that the lesser may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talks.
    Member,
    /// Invites, renames, removes members and what they wrote.
    Moderator,
    /// One a group. Makes moderators, removes them, hands the group over.
    Owner,
}

impl Role {
    /// Its name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Self {
        [Self::Owner, Self::Moderator].into_iter().find(|role| role.name() == name).unwrap_or(Self::Member)
    }

    /// May remove somebody of another role.
    #[must_use]
    pub fn may_remove(self, other: Self) -> bool {
        self >= Self::Moderator && self > other
    }
}

/// What can happen in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupChange {
    Joined,
    Left,
    /// Somebody was removed: `user`.
    Removed,
    /// It was handed over: to `user`.
    HandedOver,
    /// It has another `title`.
    Renamed,
    /// It has a photo, or another one.
    Pictured,
    /// Its photo was taken away.
    Unpictured,
}

impl GroupChange {
    pub const ALL: [Self; 7] =
        [Self::Joined, Self::Left, Self::Removed, Self::HandedOver, Self::Renamed, Self::Pictured, Self::Unpictured];

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.name() == name)
    }

    /// Its name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Removed => "removed",
            Self::HandedOver => "handed_over",
            Self::Renamed => "renamed",
            Self::Pictured => "pictured",
            Self::Unpictured => "unpictured",
        }
    }
}

/// What happened in a group, among its messages. Who did it is the message's `sender`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupLine {
    pub kind: GroupChange,
    /// What whoever did it was called then. Absent once their account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whom it was done to, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// What they were called then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl GroupLine {
    /// As a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let called = |name: &Option<String>| name.clone().unwrap_or_else(|| "Somebody".to_owned());
        let (by, name, title) = (called(&self.by), called(&self.name), self.title.as_deref().unwrap_or_default());
        match self.kind {
            GroupChange::Joined => by + " joined.",
            GroupChange::Left => by + " left.",
            GroupChange::Removed => by + " removed " + &name + ".",
            GroupChange::HandedOver => by + " handed the group over to " + &name + ".",
            GroupChange::Renamed => by + " named the group “" + title + "”.",
            GroupChange::Pictured => by + " changed the group’s photo.",
            GroupChange::Unpictured => by + " took the group’s photo away.",
        }
    }
}

/// A member's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberRole {
    pub user: UserId,
    pub role: Role,
}

/// The group that a balloon leads into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitedTo {
    pub id: ChatId,
    pub title: String,
}

/// `POST /chats`: a new group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"title": "Clocks", "invite": ["019b0c6e-6f2a-7c3e-8d0b-2f6a1c9e4b57"]})))]
pub struct CreateGroup {
    /// 1 to 80 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub title: String,
    /// People you have a chat with, 99 at most.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 99))]
    pub invite: Vec<UserId>,
}

impl CreateGroup {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<(GroupTitle, Vec<UserId>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.check("title", GroupTitle::parse(&self.title));
        let mut invite = self.invite.clone();
        invite.sort_unstable();
        invite.dedup();
        if invite.len() >= MAX_MEMBERS {
            errors.push("invite", "too_many", format!("A group has at most {MAX_MEMBERS} members."));
        }
        title.filter(|_| errors.is_empty()).map(|title| (title, invite)).ok_or(errors)
    }
}

/// `PATCH /chats/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"title": "Watches"})))]
pub struct EditGroup {
    /// 1 to 80 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub title: String,
}

impl EditGroup {
    pub fn parse(&self) -> Result<GroupTitle, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("title", GroupTitle::parse(&self.title)).ok_or(errors)
    }
}

/// `POST /chats/{id}/invitations`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// Somebody you have a chat with.
    pub to: UserId,
}

/// `PUT /chats/{id}/members/{user}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetRole {
    /// `owner` hands the group over.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_removes_whom_one_stands_above() {
        use Role::{Member, Moderator, Owner};
        for (by, of, may) in [
            (Owner, Moderator, true),
            (Owner, Member, true),
            (Moderator, Member, true),
            (Moderator, Moderator, false),
            (Moderator, Owner, false),
            (Member, Member, false),
        ] {
            assert_eq!(by.may_remove(of), may, "{by:?} {of:?}");
        }
        assert!([Owner, Moderator, Member].into_iter().all(|role| Role::by_name(role.name()) == role));
    }

    #[test]
    fn what_happened_is_said_also_of_those_who_are_gone() {
        let line = |json| serde_json::from_str::<GroupLine>(json).unwrap().words();
        assert_eq!(line(r#"{"kind": "renamed", "by": "Ada", "title": "Watches"}"#), "Ada named the group “Watches”.");
        assert_eq!(line(r#"{"kind": "removed", "by": "Ada", "name": "Ben"}"#), "Ada removed Ben.");
        assert_eq!(line(r#"{"kind": "left"}"#), "Somebody left.");
        use GroupChange::{HandedOver, Joined, Left, Pictured, Removed, Renamed, Unpictured};
        for change in [Joined, Left, Removed, HandedOver, Renamed, Pictured, Unpictured] {
            assert_eq!(serde_json::to_value(change).unwrap(), change.name());
        }
    }

    #[test]
    fn a_group_has_a_title_and_so_many_members() {
        let create = |title: &str, people: usize| CreateGroup {
            title: title.to_owned(),
            invite: (0..people).map(|_| UserId::new()).collect(),
        };
        assert!(create("Clocks", 99).parse().is_ok());
        let errors = create(" ", 100).parse().unwrap_err();
        assert!(errors.of("title").is_some() && errors.of("invite").is_some());
        let twice = UserId::new();
        let (_, invite) = CreateGroup { title: "a".into(), invite: vec![twice, twice] }.parse().unwrap();
        assert_eq!(invite, [twice]);
    }
}
