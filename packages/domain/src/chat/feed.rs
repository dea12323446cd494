//! What a person's sockets and badges need to know.

use std::collections::HashSet;

use balloond_database::{AsyncPgConnection, QueryResult, block, chat, message, privacy};
use balloond_shared::{
    ChatId, ErrorCode, UserId,
    chat::{Badges, CATCH_UP_LIMIT, Message},
    event::ServerEvent,
    privacy::Privacy,
};
use chrono::Utc;

use crate::{Result, Services, Viewer, limits, present, realtime};

/// The two numbers of the navigation.
#[tracing::instrument(name = "chat.badges", level = "trace", skip_all)]
pub async fn badges(services: &Services, viewer: Viewer) -> Result<Badges> {
    let conn = services.database.primary().await?;
    Ok(count_badges(&conn, viewer.user).await?)
}

pub(crate) async fn count_badges(conn: &AsyncPgConnection, user: UserId) -> QueryResult<Badges> {
    let (balloons, chats) = chat::count_waiting(conn, user, Utc::now()).await?;
    Ok(Badges { balloons, chats })
}

/// Tells the chat that the viewer is typing, if they show it (`privacy`, as their socket knows it). Nothing is stored.
#[tracing::instrument(name = "chat.typing", level = "trace", skip_all)]
pub async fn typing(services: &Services, viewer: Viewer, chat: ChatId, privacy: Privacy) -> Result<()> {
    limits::check(services, &limits::TYPING, &viewer.user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    chat::head(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    drop(conn);
    if privacy.typing {
        realtime::tell_chat(services, chat, &ServerEvent::Typing { chat, user: viewer.user }).await;
    }
    Ok(())
}

/// What somebody's sockets need to know of them.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What they let others see.
    pub privacy: Privacy,
    /// The chats that they are a member of.
    pub chats: Vec<ChatId>,
    /// The people whom a block keeps apart from them, whoever made it.
    pub apart: Vec<UserId>,
}

/// What somebody's sockets need to know of them, in one round trip.
#[tracing::instrument(name = "chat.standing", level = "trace", skip_all)]
pub async fn standing(services: &Services, user: UserId) -> Result<Standing> {
    let conn = services.database.primary().await?;
    let people = [user];
    let (found, blocks) = tokio::try_join!(privacy::with_chats(&conn, user), block::of(&conn, &people))?;
    let (shares, chats) = found.ok_or(ErrorCode::NotFound)?;
    let apart = blocks.into_iter().map(|(blocker, blocked)| if blocker == user { blocked } else { blocker });
    Ok(Standing { privacy: crate::privacy::present(shares), chats, apart: apart.collect() })
}

/// The blocks that stand between these people and anybody, each as its two: how a node finds out what was blocked while Redis was away.
#[tracing::instrument(name = "chat.kept_apart", level = "trace", skip_all)]
pub async fn kept_apart(services: &Services, people: &[UserId]) -> Result<Vec<(UserId, UserId)>> {
    let conn = services.database.primary().await?;
    Ok(block::of(&conn, people).await?)
}

/// Who is in these chats: how a node finds out who left while Redis was away.
#[tracing::instrument(name = "chat.are_members", level = "trace", skip_all)]
pub async fn are_members(services: &Services, chats: &[ChatId]) -> Result<HashSet<(ChatId, UserId)>> {
    let mut conn = services.database.primary().await?;
    Ok(chat::people(&mut conn, chats).await?.into_iter().collect())
}

/// The heads of chats: how a node finds out what it missed while Redis was away.
pub async fn heads(services: &Services, chats: &[ChatId]) -> Result<Vec<(ChatId, i64)>> {
    let mut conn = services.database.primary().await?;
    Ok(chat::heads(&mut conn, chats).await?)
}

/// What changed in a chat after `since`, for a node's fan-out to members whose membership it checked; at most 300.
pub async fn changes(services: &Services, chat: ChatId, since: i64) -> Result<Vec<Message>> {
    let mut conn = services.database.primary().await?;
    let rows = message::changed_since(&mut conn, chat, since, CATCH_UP_LIMIT).await?;
    Ok(rows.into_iter().map(present::message).collect())
}
