//! Reading: history, catching up, and how far one has read.

use balloond_database::{
    AsyncPgConnection, QueryResult,
    chat::{self, Advanced},
    message::{self, Found},
    privacy::{Reader, readers},
};
use balloond_shared::{
    ChatId, ErrorCode, FieldErrors, MessageId, UserId,
    chat::{CATCH_UP_LIMIT, HISTORY_LIMIT, MarkRead, Message, Messages, MessagesQuery, ReadCursor},
    event::ServerEvent,
    page::MAX_LIMIT,
};

use crate::{Result, Services, Viewer, present, privacy, realtime, services::run_to_end};

/// One message. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.message", level = "trace", skip_all)]
pub async fn message(services: &Services, viewer: Viewer, chat: ChatId, id: MessageId) -> Result<Message> {
    let mut conn = services.database.primary().await?;
    chat::head(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    Ok(present::message(message::find(&mut conn, chat, id).await?.ok_or(ErrorCode::NotFound)?))
}

/// History before a `seq`, or changes since a head; the newest window when there were too many. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.messages", level = "trace", skip_all)]
pub async fn messages(services: &Services, viewer: Viewer, chat: ChatId, query: MessagesQuery) -> Result<Messages> {
    Ok(read(services, viewer, chat, query).await?.0)
}

/// What a socket begins with that joins a chat: what changed since a head, and the members.
#[tracing::instrument(name = "chat.join", level = "trace", skip_all)]
pub async fn join(services: &Services, viewer: Viewer, chat: ChatId, since: i64) -> Result<(Messages, Vec<UserId>)> {
    let query = MessagesQuery { since: Some(since.max(0)), ..MessagesQuery::default() };
    let (messages, readers) = read(services, viewer, chat, query).await?;
    Ok((messages, privacy::ids(&readers)))
}

async fn read(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    query: MessagesQuery,
) -> Result<(Messages, Vec<Reader>)> {
    if query.before.is_some() && query.since.is_some() {
        return Err(FieldErrors::one("before", "not_allowed", "Give `before` or `since`, not both.").into());
    }
    let mut conn = services.database.primary().await?;
    // Before the items: what is stored in between has a greater head, and is caught up with.
    let head = chat::head(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    let changes = match query.since {
        Some(since) => changes_since(&mut conn, chat, since, query.limit).await?,
        None => None,
    };
    let limited = query.since.is_some() && changes.is_none();
    let (rows, more) = match changes {
        Some(changes) => (changes, false),
        None => {
            let limit = query.limit.filter(|_| !limited).unwrap_or(HISTORY_LIMIT).clamp(1, MAX_LIMIT);
            history(&conn, chat, query.before.unwrap_or(i64::MAX), limit).await?
        }
    };
    let readers = readers(&mut conn, chat).await?;
    let messages = Messages {
        items: rows.into_iter().map(present::message).collect(),
        head,
        more,
        limited,
        read: privacy::cursors(&readers, viewer.user),
    };
    Ok((messages, readers))
}

/// All changes since a head; `None` when they are too many.
async fn changes_since(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    since: i64,
    limit: Option<i64>,
) -> Result<Option<Vec<Found>>> {
    let limit = limit.unwrap_or(CATCH_UP_LIMIT).clamp(1, CATCH_UP_LIMIT);
    let rows = message::changed_since(conn, chat, since, limit + 1).await?;
    let fits = i64::try_from(rows.len()).is_ok_and(|count| count <= limit);
    Ok(fits.then_some(rows))
}

/// The messages before a `seq`, ascending, and whether there are older ones.
pub(super) async fn history(
    conn: &AsyncPgConnection,
    chat: ChatId,
    before: i64,
    limit: i64,
) -> QueryResult<(Vec<Found>, bool)> {
    let mut rows = message::history(conn, chat, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.reverse();
    Ok((rows, more))
}

/// Moves the viewer's read cursor forward, at most to the head, and tells the chat; only the viewer's own sockets when they do not
/// show how far they read.
#[tracing::instrument(name = "chat.mark_read", level = "trace", skip_all)]
pub async fn mark_read(services: &Services, viewer: Viewer, chat: ChatId, request: MarkRead) -> Result<ReadCursor> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let advanced = chat::advance_read(&mut conn, viewer.user, chat, request.seq).await?;
        drop(conn);
        let Advanced { read_seq: seq, moved, shares_reading } = advanced.ok_or(ErrorCode::NotFound)?;
        let cursor = ReadCursor { user: viewer.user, seq };
        let event = ServerEvent::Read { chat, cursor };
        if moved && shares_reading {
            realtime::tell_chat(&services, chat, &event).await;
        } else if moved {
            realtime::tell_user(&services, viewer.user, &event).await;
        }
        Ok(cursor)
    })
    .await
}
