//! What an erased person left in chats, beside their words: these stay with those who received them.

use balloond_database::{
    AsyncConnection,
    message::{self, Change, Message, Reactions},
};
use balloond_shared::{ChatId, MessageId, UserId, event::ServerEvent};

use super::photo::gone;
use crate::{
    Error, Result, Services,
    job::{self, Job},
    present, realtime,
};

/// Messages that are looked for at once.
const BATCH: i64 = 100;

/// Takes away the photos that an erased person sent, and answers how many. What they said stays; a photo without words leaves its place.
pub(crate) async fn erase_photos(services: &Services, user: UserId) -> Result<usize> {
    let mut count = 0;
    loop {
        let photos = message::photos_by(&mut *services.database.primary().await?, user, BATCH).await?;
        if photos.is_empty() {
            return Ok(count);
        }
        count += photos.len();
        for (chat, id) in photos {
            let change = |row: &Message| {
                let is_all = row.body.is_empty();
                if is_all { gone() } else { Change { photo: Some(None), ..Change::default() } }
            };
            change_quietly(services, chat, id, change, Some(Job::DeleteChatPhoto { chat, message: id })).await?;
        }
    }
}

/// Takes away the reactions that an erased person gave.
pub(crate) async fn erase_reactions(services: &Services, user: UserId) -> Result<()> {
    loop {
        let places = message::reacted_by(&mut *services.database.primary().await?, user, BATCH).await?;
        if places.is_empty() {
            return Ok(());
        }
        for (chat, id) in places {
            let change = |row: &Message| {
                let mut left = row.reactions.clone().unwrap_or_default().0;
                left.iter_mut().for_each(|reaction| reaction.users.retain(|other| *other != user));
                left.retain(|reaction| !reaction.users.is_empty());
                Change { reactions: Some((!left.is_empty()).then_some(Reactions(left))), ..Change::default() }
            };
            change_quietly(services, chat, id, change, None).await?;
        }
    }
}

/// Changes a message under its chat's lock, whoever is in the chat, and tells those who are.
async fn change_quietly(
    services: &Services,
    chat: ChatId,
    id: MessageId,
    decide: impl Fn(&Message) -> Change + Send + Sync,
    and: Option<Job>,
) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let changed = conn
        .transaction(async |conn| {
            message::lock_any_chat(conn, chat).await?;
            let Some((row, _)) = message::find(conn, chat, id).await? else { return Ok(None) };
            if let Some(job) = &and {
                job::enqueue(conn, job).await?;
            }
            Ok::<_, Error>(Some(message::change(conn, chat, id, decide(&row)).await?))
        })
        .await?;
    drop(conn);
    if let Some(found) = changed {
        realtime::tell_chat(services, chat, &ServerEvent::Message { message: present::message(found) }).await;
    }
    Ok(())
}
