//! Changing a message: editing, deleting for everyone, reacting. Each takes the chat's next head, so that it reaches everybody in its
//! turn; what changes nothing takes none, so that a repeat is harmless.

use balloond_database::{
    AsyncConnection,
    message::{self, Change, Message as Row, Reactions},
};
use balloond_shared::{
    ChatId, ErrorCode, MessageId,
    chat::{EDITABLE_HOURS, EditMessage, Message, parse_reaction, react as put_reaction},
    event::ServerEvent,
    group::Role,
};
use chrono::{Duration, Utc};

use super::photo::gone;
use crate::{
    Error, Result, Services, Viewer,
    job::{self, Job},
    limits, present, realtime,
    services::run_to_end,
};

/// Gives a message another text: its writer, for 24 hours. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.edit", level = "trace", skip_all)]
pub async fn edit(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    id: MessageId,
    request: &EditMessage,
) -> Result<Message> {
    let body = request.parse()?.into_string();
    change(services, viewer, chat, id, move |row, _| {
        if row.sender_id != viewer.user {
            return Err(ErrorCode::Forbidden);
        }
        if row.deleted_at.is_some() {
            return Err(ErrorCode::MessageGone);
        }
        if row.body == body {
            return Ok(None);
        }
        if Utc::now() - row.sent_at >= Duration::hours(EDITABLE_HOURS) {
            return Err(ErrorCode::TooLate);
        }
        Ok(Some(Change { body: Some(body), edited_at: Some(Some(Utc::now())), ..Change::default() }))
    })
    .await
}

/// Deletes a message for everyone: its writer at any time, and in a group its moderators. Only its place is left.
#[tracing::instrument(name = "chat.delete", level = "trace", skip_all)]
pub async fn delete(services: &Services, viewer: Viewer, chat: ChatId, id: MessageId) -> Result<Message> {
    change(services, viewer, chat, id, move |row, role| {
        if row.sender_id != viewer.user && role < Role::Moderator {
            return Err(ErrorCode::Forbidden);
        }
        Ok(row.deleted_at.is_none().then(gone))
    })
    .await
}

/// Gives the viewer's reaction (`wanted`), or takes it back.
#[tracing::instrument(name = "chat.react", level = "trace", skip_all)]
pub async fn react(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    id: MessageId,
    emoji: &str,
    wanted: bool,
) -> Result<Message> {
    let emoji = parse_reaction(emoji)?;
    change(services, viewer, chat, id, move |row, _| {
        if row.deleted_at.is_some() {
            return Err(ErrorCode::MessageGone);
        }
        let mut reactions = row.reactions.clone().unwrap_or_default().0;
        let has_changed = put_reaction(&mut reactions, viewer.user, &emoji, wanted).ok_or(ErrorCode::ReactionsFull)?;
        let reactions = Some(reactions).filter(|reactions| !reactions.is_empty()).map(Reactions);
        Ok(has_changed.then(|| Change { reactions: Some(reactions), ..Change::default() }))
    })
    .await
}

/// Lets `decide` look at a message while nobody else can change it, does what it says, and tells the chat.
async fn change(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    id: MessageId,
    decide: impl FnOnce(&Row, Role) -> Result<Option<Change>, ErrorCode> + Send + 'static,
) -> Result<Message> {
    limits::check(services, &limits::SEND_MESSAGE, &viewer.user.to_string()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let role = message::lock_chat(conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
            let found = message::find(conn, chat, id).await?.ok_or(ErrorCode::NotFound)?;
            Ok::<_, Error>(match decide(&found.0, Role::by_name(&role))? {
                Some(change) => {
                    if found.0.photo.is_some() && change.photo == Some(None) {
                        job::enqueue(conn, &Job::DeleteChatPhoto { chat, message: id }).await?;
                    }
                    (message::change(conn, chat, id, change).await?, true)
                }
                None => (found, false),
            })
        });
        let (found, has_changed) = transaction.await?;
        drop(conn);
        let message = present::message(found);
        if has_changed {
            realtime::tell_chat(&services, chat, &ServerEvent::Message { message: message.clone() }).await;
        }
        Ok(message)
    })
    .await
}
