//! Who comes, who goes, and who may do what.

use balloond_database::{
    AsyncConnection, AsyncPgConnection, group,
    message::{self, Message},
};
use balloond_shared::{
    ChatId, ErrorCode, UserId,
    chat::Chat,
    event::ServerEvent,
    group::{GroupChange, MAX_MEMBERS, Role, SetRole},
};
use chrono::Utc;

use super::{Members, tell_changed};
use crate::{Error, Result, Services, Viewer, limits, realtime, services::run_to_end};

/// Lets in who caught an invitation. What was said before is theirs to read, and not unread.
pub(crate) async fn join(conn: &mut AsyncPgConnection, chat: ChatId, user: UserId) -> Result<Option<Message>> {
    let group = group::lock(conn, chat).await?.ok_or(ErrorCode::NotFound)?;
    if group::roles(conn, chat).await?.len() >= MAX_MEMBERS {
        return Err(ErrorCode::GroupFull.into());
    }
    group::add_member(conn, chat, user, Role::Member, group.head).await?;
    Ok(message::insert_line(conn, chat, user, GroupChange::Joined, None, None).await?)
}

/// Leaves the group, or removes somebody of a lesser role. From then on they read, write and hear nothing of it, and their
/// invitations are taken back. `HandOverFirst` for an owner who would leave others behind.
#[tracing::instrument(name = "group.remove", level = "trace", skip_all)]
pub async fn remove(services: &Services, viewer: Viewer, chat: ChatId, user: UserId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let group = Members::lock(conn, viewer, chat).await?;
            let own = group.role_of(viewer.user).ok_or(ErrorCode::NotFound)?;
            let role = group.role_of(user).ok_or(ErrorCode::NotFound)?;
            if user == viewer.user {
                if role == Role::Owner && group.roles.len() > 1 {
                    return Err(Error::from(ErrorCode::HandOverFirst));
                }
            } else if !own.may_remove(role) {
                return Err(ErrorCode::Forbidden.into());
            }
            group::remove_member(conn, chat, user).await?;
            let (change, other) =
                if user == viewer.user { (GroupChange::Left, None) } else { (GroupChange::Removed, Some(user)) };
            let line = message::insert_line(conn, chat, viewer.user, change, other, None).await?;
            Ok((group::withdraw_invitations(conn, chat, user, Utc::now()).await?, line))
        });
        let (withdrawn, line) = transaction.await?;
        drop(conn);
        realtime::tell_user(&services, user, &ServerEvent::ChatClosed { chat }).await;
        tell_changed(&services, chat, line).await;
        for (balloon, to) in withdrawn {
            realtime::tell_user(&services, to, &ServerEvent::BalloonGone { balloon }).await;
        }
        Ok(())
    })
    .await
}

/// Gives a member another role: the owner. Made owner, they have the group, and the one who had it is a moderator.
#[tracing::instrument(name = "group.set_role", level = "trace", skip_all)]
pub async fn set_role(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    user: UserId,
    request: SetRole,
) -> Result<Chat> {
    limits::check(services, &limits::INVITE, &viewer.user.to_string()).await?;
    let task = services.clone();
    run_to_end(async move {
        let mut conn = task.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let group = Members::lock(conn, viewer, chat).await?;
            group.require(Role::Owner)?;
            group.role_of(user).ok_or(ErrorCode::NotFound)?;
            if user == viewer.user {
                return Err(Error::from(ErrorCode::Forbidden));
            }
            group::set_role(conn, chat, user, request.role).await?;
            if request.role != Role::Owner {
                return Ok(None);
            }
            group::set_role(conn, chat, viewer.user, Role::Moderator).await?;
            Ok(message::insert_line(conn, chat, viewer.user, GroupChange::HandedOver, Some(user), None).await?)
        });
        let line = transaction.await?;
        drop(conn);
        tell_changed(&task, chat, line).await;
        Ok(())
    })
    .await?;
    crate::chat::get(services, viewer, chat).await
}
