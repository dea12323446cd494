//! Catching, popping and withdrawing: whatever ends a balloon.

use balloond_database::{
    AsyncConnection, AsyncPgConnection,
    balloon::{self, Balloon},
    chat,
    message::{self, NewMessage},
};
use balloond_shared::{BalloonId, ChatId, ClientId, ErrorCode, MessageId, chat::Chat, event::ServerEvent};
use chrono::Utc;

use crate::{Error, Result, Services, Viewer, group, present, realtime, services::run_to_end};

/// Accepts: opens the chat, whose first message is the note; or joins the group it leads into. Repeating it answers the same chat.
#[tracing::instrument(name = "balloon.catch", level = "trace", skip_all)]
pub async fn catch(services: &Services, viewer: Viewer, balloon: BalloonId) -> Result<Chat> {
    let task = services.clone();
    let chat = run_to_end(async move {
        let mut conn = task.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let row = lock_received(conn, viewer, balloon).await?;
            if let (balloon::CAUGHT, Some(chat)) = (row.state.as_str(), row.chat_id) {
                return Ok((row, chat, None));
            }
            if !row.is_waiting(Utc::now()) {
                return Err(Error::from(ErrorCode::BalloonGone));
            }
            if let Some(group) = row.group_id {
                let line = group::join(conn, group, viewer.user).await?;
                balloon::close(conn, row.id, balloon::CAUGHT, Some(group), Utc::now()).await?;
                return Ok((row, group, line));
            }
            let chat = chat::open_direct(conn, row.from_id, row.to_id).await?;
            let note = message::insert(conn, note_of(&row, chat)).await?;
            if let Some(note) = &note {
                // Whoever catches a balloon has read its note.
                chat::advance_read(conn, viewer.user, chat, note.seq).await?;
            }
            balloon::close(conn, row.id, balloon::CAUGHT, Some(chat), Utc::now()).await?;
            Ok((row, chat, note))
        });
        // The note, or that somebody came in.
        let (row, chat, first) = transaction.await?;
        drop(conn);
        if row.state == balloon::PENDING {
            realtime::tell_user(&task, row.from_id, &ServerEvent::ChatOpened { chat }).await;
            realtime::tell_user(&task, row.to_id, &ServerEvent::ChatOpened { chat }).await;
            realtime::tell_user(&task, row.to_id, &ServerEvent::BalloonGone { balloon }).await;
            if row.group_id.is_some() {
                realtime::tell_chat(&task, chat, &ServerEvent::ChatChanged { chat }).await;
            }
            if let Some(first) = first {
                let message = present::plain_message(first);
                realtime::tell_chat(&task, chat, &ServerEvent::Message { message }).await;
            }
        }
        Ok(chat)
    })
    .await?;
    crate::chat::get(services, viewer, chat).await
}

/// Declines silently. Repeating it changes nothing.
#[tracing::instrument(name = "balloon.pop", level = "trace", skip_all)]
pub async fn pop(services: &Services, viewer: Viewer, balloon: BalloonId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let row = lock_received(conn, viewer, balloon).await?;
            if row.state == balloon::POPPED {
                return Ok(());
            }
            if !row.is_waiting(Utc::now()) {
                return Err(Error::from(ErrorCode::BalloonGone));
            }
            balloon::close(conn, row.id, balloon::POPPED, None, Utc::now()).await?;
            Ok(())
        })
        .await?;
        drop(conn);
        realtime::tell_user(&services, viewer.user, &ServerEvent::BalloonGone { balloon }).await;
        Ok(())
    })
    .await
}

/// Takes back a balloon that was not caught. The answer is the same whether it was waiting, popped or expired.
#[tracing::instrument(name = "balloon.withdraw", level = "trace", skip_all)]
pub async fn withdraw(services: &Services, viewer: Viewer, balloon: BalloonId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let row = balloon::lock(conn, balloon).await?.filter(|row| row.from_id == viewer.user);
            let row = row.ok_or(ErrorCode::NotFound)?;
            match row.state.as_str() {
                balloon::CAUGHT => return Err(Error::from(ErrorCode::BalloonGone)),
                balloon::WITHDRAWN => {}
                _ => _ = balloon::close(conn, row.id, balloon::WITHDRAWN, None, Utc::now()).await?,
            }
            Ok(row)
        });
        let row = transaction.await?;
        drop(conn);
        // Told in any case: what its receiver does not see any more changes nothing there, and the time it takes tells nothing here.
        realtime::tell_user(&services, row.to_id, &ServerEvent::BalloonGone { balloon }).await;
        Ok(())
    })
    .await
}

async fn lock_received(conn: &mut AsyncPgConnection, viewer: Viewer, balloon: BalloonId) -> Result<Balloon> {
    let row =
        balloon::lock(conn, balloon).await?.filter(|row| row.to_id == viewer.user && row.state != balloon::WITHDRAWN);
    row.ok_or_else(|| ErrorCode::NotFound.into())
}

/// The note under the balloon's own id: caught twice, it is one message.
fn note_of(row: &Balloon, chat: ChatId) -> NewMessage<'_> {
    NewMessage {
        id: MessageId::new(),
        chat,
        sender: row.from_id,
        client_id: ClientId::from_uuid(row.id.as_uuid()),
        body: &row.note,
        reply_to: None,
        photo: None,
    }
}
