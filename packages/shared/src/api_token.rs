//! Tokens that a person makes for programs of theirs.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApiTokenId, FieldErrors, Label};

/// Tokens that somebody has at a time.
pub const MAX_API_TOKENS: usize = 20;
/// Days for which a token can be made, if it ends at all.
pub const MAX_TOKEN_DAYS: i64 = 3650;

/// What a token may be used for. Nothing of an account itself (password, sessions, second step, tokens, export, erasure) is ever
/// among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    #[serde(rename = "profile:read")]
    ProfileRead,
    #[serde(rename = "profile:write")]
    ProfileWrite,
    #[serde(rename = "people:read")]
    PeopleRead,
    #[serde(rename = "balloons")]
    Balloons,
    #[serde(rename = "chats:read")]
    ChatsRead,
    #[serde(rename = "chats:write")]
    ChatsWrite,
    #[serde(rename = "safety")]
    Safety,
    #[serde(rename = "realtime")]
    Realtime,
}

impl Scope {
    pub const ALL: [Self; 8] = [
        Self::ProfileRead,
        Self::ProfileWrite,
        Self::PeopleRead,
        Self::Balloons,
        Self::ChatsRead,
        Self::ChatsWrite,
        Self::Safety,
        Self::Realtime,
    ];

    /// Its name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProfileRead => "profile:read",
            Self::ProfileWrite => "profile:write",
            Self::PeopleRead => "people:read",
            Self::Balloons => "balloons",
            Self::ChatsRead => "chats:read",
            Self::ChatsWrite => "chats:write",
            Self::Safety => "safety",
            Self::Realtime => "realtime",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// What it allows, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ProfileRead => "See your profile, with your email",
            Self::ProfileWrite => "Change your profile and photos",
            Self::PeopleRead => "See other people",
            Self::Balloons => "See, float, catch and pop balloons",
            Self::ChatsRead => "Read and search your chats",
            Self::ChatsWrite => "Write in your chats, and manage groups",
            Self::Safety => "See and change whom you block, what you report and show",
            Self::Realtime => "Hear what happens as it happens",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Some scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    #[must_use]
    pub const fn contain(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

/// A token as its owner sees it: `GET /me/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    pub id: ApiTokenId,
    /// What its owner calls it.
    pub name: String,
    pub scopes: Vec<Scope>,
    pub made_at: DateTime<Utc>,
    /// Without one it works until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// To within five minutes; not there when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<DateTime<Utc>>,
}

/// A token just made.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewApiToken {
    /// For `Authorization: Bearer`. Shown now and never again.
    pub token: String,
    #[serde(flatten)]
    pub about: ApiToken,
}

/// `POST /me/tokens`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"name": "My bot", "scopes": ["chats:read", "chats:write", "realtime"], "days": 90, "password": "correct horse"})))]
pub struct MakeApiToken {
    /// 1 to 60 characters, to tell it from others.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60))]
    pub name: String,
    /// One at least.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<Scope>,
    /// How long it works: 1 to 3650; without it, until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 3650))]
    pub days: Option<i64>,
    /// Once more: a session that was left open makes no token.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
}

impl MakeApiToken {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<Label, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", Label::parse(&self.name));
        if self.scopes.is_empty() {
            errors.push("scopes", "required", "Choose what it may do.");
        }
        if self.days.is_some_and(|days| !(1..=MAX_TOKEN_DAYS).contains(&days)) {
            errors.push("days", "out_of_range", "A token works for 1 to 3650 days, or until you end it.");
        }
        if self.password.is_empty() {
            errors.push("password", "required", "Your password is needed.");
        }
        name.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

impl fmt::Debug for MakeApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MakeApiToken").field("name", &self.name).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_by_their_names() {
        for scope in Scope::ALL {
            assert_eq!(Scope::by_name(scope.name()), Some(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
            let others: Scopes = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
            assert!(!others.contain(scope) && Scopes::from_iter([scope]).contain(scope));
        }
        assert_eq!(Scope::by_name("account"), None);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let make = MakeApiToken { name: " ".into(), scopes: Vec::new(), days: Some(0), password: String::new() };
        let fields: Vec<_> = make.parse().unwrap_err().0.into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["name", "scopes", "days", "password"]);
        let make = MakeApiToken { name: "Bot".into(), scopes: vec![Scope::Balloons], days: None, password: "p".into() };
        assert_eq!(make.parse().unwrap().as_str(), "Bot");
    }
}
