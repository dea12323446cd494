//! Groups. Nobody is simply added: whoever is invited catches the invitation, or pops it, and the group never learns which of "not
//! seen", "popped" and "expired" it was.

mod members;
mod photo;

use balloond_database::{
    AsyncConnection, AsyncPgConnection,
    balloon::Balloon,
    balloon_call, group,
    message::{self, Message},
    user,
};
use balloond_shared::{
    BalloonId, ChatId, ErrorCode, FieldErrors, MessageId, UserId,
    balloon::{LIFETIME_DAYS, SentBalloon},
    chat::Chat,
    event::ServerEvent,
    group::{CreateGroup, EditGroup, GroupChange, INVITE_AGAIN_DAYS, Invite, Role},
    people::Person,
};
use chrono::{Duration, SubsecRound, Utc};

pub(crate) use members::join;
pub use members::{remove, set_role};
pub use photo::{photo_url, remove_photo, set_photo};

use crate::{
    Error, Result, Services, Viewer,
    balloon::{person, received_balloon, sent_balloon},
    job, limits, present, realtime,
    services::run_to_end,
};

/// Makes a group with its owner in it, and invites people whom the owner talks to.
#[tracing::instrument(name = "group.create", level = "trace", skip_all)]
pub async fn create(services: &Services, viewer: Viewer, request: &CreateGroup) -> Result<Chat> {
    let (title, invite) = request.parse()?;
    limits::check(services, &limits::GROUP, &viewer.user.to_string()).await?;
    let (task, chat) = (services.clone(), ChatId::new());
    run_to_end(async move {
        let title = title.into_string();
        let mut conn = task.database.primary().await?;
        let invitations = conn
            .transaction(async |conn| {
                require_partners(conn, viewer.user, &invite, "invite").await?;
                group::insert(conn, chat, &title, viewer.user).await?;
                let invitations: Vec<_> = invite.iter().map(|to| invitation(chat, &title, viewer.user, *to)).collect();
                insert_invitations(conn, &invitations).await?;
                Ok::<_, Error>(invitations)
            })
            .await?;
        let inviter = person(&task, &mut conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
        drop(conn);
        realtime::tell_user(&task, viewer.user, &ServerEvent::ChatOpened { chat }).await;
        for invitation in invitations {
            tell_invited(&task, invitation, &title, &inviter).await;
        }
        Ok(())
    })
    .await?;
    crate::chat::get(services, viewer, chat).await
}

/// Invites somebody whom the viewer talks to: the owner and moderators. `AlreadyMember`; `AlreadyInvited` for 30 days, whatever became of it.
#[tracing::instrument(name = "group.invite", level = "trace", skip_all)]
pub async fn invite(services: &Services, viewer: Viewer, chat: ChatId, request: Invite) -> Result<SentBalloon> {
    limits::check(services, &limits::INVITE, &viewer.user.to_string()).await?;
    let (services, to) = (services.clone(), request.to);
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let group = Members::lock(conn, viewer, chat).await?;
            group.require(Role::Moderator)?;
            if group.role_of(to).is_some() {
                return Err(Error::from(ErrorCode::AlreadyMember));
            }
            require_partners(conn, viewer.user, &[to], "to").await?;
            let since = Utc::now() - Duration::days(INVITE_AGAIN_DAYS);
            if group::invited_since(conn, chat, to, since).await? {
                return Err(ErrorCode::AlreadyInvited.into());
            }
            let invitation = invitation(chat, &group.title, viewer.user, to);
            insert_invitations(conn, std::slice::from_ref(&invitation)).await?;
            let inviter = person(&services, conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
            let invited = person(&services, conn, to).await?.ok_or(ErrorCode::NotFound)?;
            Ok((invitation, group.title, inviter, invited))
        });
        let (invitation, title, inviter, invited) = transaction.await?;
        drop(conn);
        tell_invited(&services, invitation.clone(), &title, &inviter).await;
        Ok(sent_balloon(invitation, invited, Some(title)))
    })
    .await
}

/// Gives the group another title: the owner and moderators.
#[tracing::instrument(name = "group.rename", level = "trace", skip_all)]
pub async fn rename(services: &Services, viewer: Viewer, chat: ChatId, request: &EditGroup) -> Result<Chat> {
    let title = request.parse()?;
    limits::check(services, &limits::INVITE, &viewer.user.to_string()).await?;
    let task = services.clone();
    run_to_end(async move {
        let mut conn = task.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let group = Members::lock(conn, viewer, chat).await?;
            group.require(Role::Moderator)?;
            if group.title == title.as_str() {
                return Ok(None);
            }
            group::rename(conn, chat, title.as_str()).await?;
            let change = GroupChange::Renamed;
            Ok::<_, Error>(message::insert_line(conn, chat, viewer.user, change, None, Some(title.as_str())).await?)
        });
        let line = transaction.await?;
        drop(conn);
        tell_changed(&task, chat, line).await;
        Ok(())
    })
    .await?;
    crate::chat::get(services, viewer, chat).await
}

/// Whom the viewer could invite: the people they talk to who are not in the group, the last one first.
#[tracing::instrument(name = "group.candidates", level = "trace", skip_all)]
pub async fn candidates(services: &Services, viewer: Viewer, chat: Option<ChatId>) -> Result<Vec<Person>> {
    let mut conn = services.database.primary().await?;
    let ids = group::partners(&mut conn, viewer.user, chat, None).await?;
    let mut cards = user::cards(&conn, &ids).await?;
    cards.sort_by_key(|card| ids.iter().position(|id| *id == card.id));
    Ok(cards.into_iter().map(|card| present::person(&services.storage, card)).collect())
}

/// A group under its lock, as one of its members sees it.
struct Members {
    title: String,
    photo: Option<MessageId>,
    roles: Vec<(UserId, Role)>,
    viewer: Viewer,
}

impl Members {
    /// `NotFound` for whoever is not a member; `Forbidden` where the chat is no group.
    async fn lock(conn: &mut AsyncPgConnection, viewer: Viewer, chat: ChatId) -> Result<Self> {
        let group = group::lock(conn, chat).await?.ok_or(ErrorCode::NotFound)?;
        let roles = group::roles(conn, chat).await?;
        let members = Self { title: group.title.unwrap_or_default(), photo: group.photo_id, roles, viewer };
        members.role_of(viewer.user).ok_or(ErrorCode::NotFound)?;
        if group.kind == group::GROUP { Ok(members) } else { Err(ErrorCode::Forbidden.into()) }
    }

    fn role_of(&self, user: UserId) -> Option<Role> {
        self.roles.iter().find(|(member, _)| *member == user).map(|(_, role)| *role)
    }

    fn require(&self, least: Role) -> Result<()> {
        let may = self.role_of(self.viewer.user).is_some_and(|role| role >= least);
        if may { Ok(()) } else { Err(ErrorCode::Forbidden.into()) }
    }
}

/// Who can be invited has said yes to the inviter before: they have a chat.
async fn require_partners(conn: &mut AsyncPgConnection, user: UserId, others: &[UserId], field: &str) -> Result<()> {
    let partners = group::partners(conn, user, None, Some(others)).await?;
    if partners.len() == others.len() {
        return Ok(());
    }
    Err(FieldErrors::one(field, "not_allowed", "Only people you have a chat with can be invited.").into())
}

fn invitation(group: ChatId, title: &str, from: UserId, to: UserId) -> Balloon {
    let now = Utc::now().trunc_subsecs(6);
    Balloon {
        id: BalloonId::new(),
        from_id: from,
        to_id: to,
        note: format!("Come and talk with us in “{title}”."),
        state: balloond_database::balloon::PENDING.to_owned(),
        sent_at: now,
        expires_at: now + Duration::days(LIFETIME_DAYS),
        answered_at: None,
        chat_id: None,
        group_id: Some(group),
    }
}

async fn insert_invitations(conn: &mut AsyncPgConnection, invitations: &[Balloon]) -> Result<()> {
    group::insert_invitations(conn, invitations).await?;
    let ids: Vec<_> = invitations.iter().map(|invitation| invitation.id).collect();
    balloon_call::look(conn, &ids, job::CALL_RECEIVER).await?;
    Ok(())
}

/// Tells a group that its title, members, roles or photo are others now, and the line that says so.
async fn tell_changed(services: &Services, chat: ChatId, line: Option<Message>) {
    realtime::tell_chat(services, chat, &ServerEvent::ChatChanged { chat }).await;
    if let Some(line) = line {
        realtime::tell_chat(services, chat, &ServerEvent::Message { message: present::plain_message(line) }).await;
    }
}

async fn tell_invited(services: &Services, invitation: Balloon, title: &str, inviter: &Person) {
    let to = invitation.to_id;
    let balloon = received_balloon(invitation, inviter.clone(), Some(title.to_owned()));
    realtime::tell_user(services, to, &ServerEvent::Balloon { balloon }).await;
}
