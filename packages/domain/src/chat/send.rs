//! Sending a message.

use balloond_database::{
    message::{self, NewMessage},
    violated_unique,
};
use balloond_shared::{
    ChatId, ErrorCode, FieldErrors, MessageId,
    chat::{Message, SendMessage},
    event::ServerEvent,
};

use crate::{Result, Services, Viewer, limits, present, realtime, services::run_to_end};

/// A message that was stored, now or by an earlier try.
#[derive(Clone, Debug)]
pub struct Sent {
    pub message: Message,
    /// It was there already: the answer is 200, not 201.
    pub repeated: bool,
}

/// Stores a message once and tells the chat. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.send", level = "trace", skip_all)]
pub async fn send(services: &Services, viewer: Viewer, chat: ChatId, request: &SendMessage) -> Result<Sent> {
    let body = request.parse()?;
    limits::check(services, &limits::SEND_MESSAGE, &viewer.user.to_string()).await?;
    let (services, client_id, reply_to) = (services.clone(), request.client_id, request.reply_to);
    run_to_end(async move {
        let (id, sender) = (MessageId::new(), viewer.user);
        let new = NewMessage { id, chat, sender, client_id, body: body.as_str(), reply_to, photo: None };
        store(&services, new).await
    })
    .await
}

/// Stores a message, or finds it stored, and tells the chat.
pub(super) async fn store(services: &Services, new: NewMessage<'_>) -> Result<Sent> {
    let NewMessage { chat, sender, client_id, .. } = new;
    let mut conn = services.database.primary().await?;
    let (found, repeated) = match message::insert(&mut conn, new).await {
        Ok(Some(row)) => {
            let quoted = match row.reply_to {
                Some(quoted) => message::quoted_in(&mut conn, chat, quoted).await?,
                None => None,
            };
            ((row, quoted), false)
        }
        Ok(None) => {
            balloond_database::chat::head(&mut conn, sender, chat).await?.ok_or(ErrorCode::NotFound)?;
            return Err(FieldErrors::one("reply_to", "not_found", "What this answers is not in this chat.").into());
        }
        Err(error) if violated_unique(&error) == Some(message::REPEATED) => {
            (message::find_sent(&mut conn, chat, sender, client_id).await?, true)
        }
        Err(error) => return Err(error.into()),
    };
    drop(conn);
    // A repeat is told again: the process that stored it may have been killed before it told.
    let event = ServerEvent::Message { message: present::message(found) };
    realtime::tell_chat(services, chat, &event).await;
    let ServerEvent::Message { message } = event else { return Err(ErrorCode::Internal.into()) };
    Ok(Sent { message, repeated })
}
