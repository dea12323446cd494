//! An open chat as a page shows it, in one round trip.

use balloond_database::{
    Keyset,
    chat::{self, Around},
};
use balloond_shared::{
    ChatId, ErrorCode, Page,
    chat::{Badges, Chat, ChatSummary, HISTORY_LIMIT, Messages},
    page,
};
use chrono::Utc;
use tokio::try_join;

use super::{read::history, summaries, whole};
use crate::{Result, Services, Viewer, present};

/// An open chat and what is around it.
pub struct Room {
    pub chat: Chat,
    pub messages: Messages,
    /// The viewer's newest chats.
    pub chats: Page<ChatSummary>,
    pub badges: Badges,
}

/// The newest messages, or those before a `seq`. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.room", level = "trace", skip_all)]
pub async fn room(services: &Services, viewer: Viewer, id: ChatId, before: Option<i64>) -> Result<Room> {
    let newest = Keyset { after: None, limit: page::limit(None) };
    let conn = services.database.primary().await?;
    // The head before the messages: what is stored in between has a greater one, and is caught up with.
    let (around, members, (messages, more)) = try_join!(
        chat::around(&conn, viewer.user, id, newest, Utc::now()),
        chat::members(&conn, id),
        history(&conn, id, before.unwrap_or(i64::MAX), HISTORY_LIMIT),
    )?;
    let Around { open, chats, waiting: (balloons, unread) } = around;
    let row = open.ok_or(ErrorCode::NotFound)?;
    let head = row.head;
    let chat = whole(services, viewer, row, members);
    let items = messages.into_iter().map(present::message).collect();
    let messages = Messages { items, head, more, limited: false, read: chat.read.clone() };
    Ok(Room { chat, messages, chats: summaries(services, newest, chats), badges: Badges { balloons, chats: unread } })
}
