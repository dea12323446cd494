//! Reading: history, catching up, and how far one has read.

use balloond_database::{chat, message};
use balloond_shared::{
    ChatId, ErrorCode, FieldErrors,
    chat::{CATCH_UP_LIMIT, HISTORY_LIMIT, MarkRead, Messages, MessagesQuery, ReadCursor},
    event::ServerEvent,
    page::MAX_LIMIT,
};

use crate::{Result, Services, Viewer, present, realtime, services::run_to_end};

/// History before a `seq`, or changes since a head. `NotFound` for whoever is not a member.
pub async fn messages(services: &Services, viewer: Viewer, chat: ChatId, query: MessagesQuery) -> Result<Messages> {
    if query.before.is_some() && query.since.is_some() {
        return Err(FieldErrors::one("before", "not_allowed", "Give `before` or `since`, not both.").into());
    }
    let mut conn = services.database.primary().await?;
    // Before the items: what is stored in between has a greater head, and is caught up with.
    let head = chat::head(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    let (mut rows, limit) = if let Some(since) = query.since {
        let limit = query.limit.unwrap_or(CATCH_UP_LIMIT).clamp(1, CATCH_UP_LIMIT);
        (message::changed_since(&mut conn, chat, since, limit + 1).await?, limit)
    } else {
        let limit = query.limit.unwrap_or(HISTORY_LIMIT).clamp(1, MAX_LIMIT);
        (message::history(&mut conn, chat, query.before.unwrap_or(i64::MAX), limit + 1).await?, limit)
    };
    let read = chat::cursors(&mut conn, chat).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    if query.since.is_none() {
        rows.reverse();
    }
    Ok(Messages {
        items: rows.into_iter().map(present::message).collect(),
        head,
        more,
        read: read.into_iter().map(|(user, seq)| ReadCursor { user, seq }).collect(),
    })
}

/// Moves the viewer's read cursor forward, at most to the head, and tells the chat.
pub async fn mark_read(services: &Services, viewer: Viewer, chat: ChatId, request: MarkRead) -> Result<ReadCursor> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let advanced = chat::advance_read(&mut conn, viewer.user, chat, request.seq).await?;
        drop(conn);
        let (seq, moved) = advanced.ok_or(ErrorCode::NotFound)?;
        let cursor = ReadCursor { user: viewer.user, seq };
        if moved {
            realtime::tell_chat(&services, chat, &ServerEvent::Read { chat, cursor }).await;
        }
        Ok(cursor)
    })
    .await
}
