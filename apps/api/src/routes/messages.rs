use actix_web::{delete, get, http::StatusCode, patch, post, put, web};
use balloond_domain::{Services, chat};
use balloond_shared::{
    ChatId, MessageId,
    chat::{EditMessage, Message, Messages, MessagesQuery, SendMessage},
};

use crate::{
    extract::{JsonBody, MessagePath, PathId, Query, Signed},
    refusal::Answer,
};

/// History before a `seq`, or what changed since a head; without either, the newest messages.
#[utoipa::path(operation_id = "list_messages", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), MessagesQuery), responses((status = 200, description = "A part of the chat.", body = Messages)))]
#[get("/chats/{id}/messages")]
pub async fn list(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    query: Query<MessagesQuery>,
) -> Answer<web::Json<Messages>> {
    Ok(web::Json(chat::messages(&services, signed.0, id.0, query.0).await?))
}

/// Sends a message. The same `client_id` again answers the message first stored, with 200.
#[utoipa::path(operation_id = "send_message", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body = SendMessage, responses(
    (status = 201, description = "Sent.", body = Message),
    (status = 200, description = "It was sent before.", body = Message),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/chats/{id}/messages")]
pub async fn send(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    request: JsonBody<SendMessage>,
) -> Answer<(web::Json<Message>, StatusCode)> {
    let sent = chat::send(&services, signed.0, id.0, &request.0).await?;
    let status = if sent.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((web::Json(sent.message), status))
}

/// Gives a message of one's own another text, for 24 hours after it was sent.
#[utoipa::path(operation_id = "edit_message", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("message" = MessageId, Path)), request_body = EditMessage, responses(
    (status = 200, description = "The message as it is now.", body = Message),
    (status = 403, description = "`forbidden`: another wrote it; or `foreign_origin`."),
    (status = 409, description = "`message_gone` or `too_late`"),
    (status = 429, description = "`rate_limited`"),
))]
#[patch("/chats/{id}/messages/{message}")]
pub async fn edit(
    services: web::Data<Services>,
    signed: Signed,
    path: MessagePath,
    request: JsonBody<EditMessage>,
) -> Answer<web::Json<Message>> {
    Ok(web::Json(chat::edit(&services, signed.0, path.chat, path.message, &request.0).await?))
}

/// Deletes a message of one's own for everyone; what is left is its place. Repeating it changes nothing.
#[utoipa::path(operation_id = "delete_message", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("message" = MessageId, Path)), responses(
    (status = 200, description = "The message as it is now: `deleted`, and empty.", body = Message),
    (status = 403, description = "`forbidden`: another wrote it; or `foreign_origin`."),
    (status = 429, description = "`rate_limited`"),
))]
#[delete("/chats/{id}/messages/{message}")]
pub async fn delete(services: web::Data<Services>, signed: Signed, path: MessagePath) -> Answer<web::Json<Message>> {
    Ok(web::Json(chat::delete(&services, signed.0, path.chat, path.message).await?))
}

/// Reacts with an emoji, percent-encoded in the path. Repeating it changes nothing.
#[utoipa::path(tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("message" = MessageId, Path), ("emoji" = String, Path)), responses(
    (status = 200, description = "The message as it is now.", body = Message),
    (status = 403, description = "`foreign_origin`"),
    (status = 409, description = "`message_gone`, or `reactions_full`: three a person, twenty kinds a message."),
    (status = 422, description = "`invalid`: not an emoji."),
    (status = 429, description = "`rate_limited`"),
))]
#[put("/chats/{id}/messages/{message}/reactions/{emoji}")]
pub async fn react(services: web::Data<Services>, signed: Signed, path: MessagePath) -> Answer<web::Json<Message>> {
    Ok(web::Json(chat::react(&services, signed.0, path.chat, path.message, &path.emoji, true).await?))
}

/// Takes one's reaction back. Repeating it changes nothing.
#[utoipa::path(tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("message" = MessageId, Path), ("emoji" = String, Path)), responses(
    (status = 200, description = "The message as it is now.", body = Message),
    (status = 403, description = "`foreign_origin`"),
    (status = 409, description = "`message_gone`"),
    (status = 422, description = "`invalid`: not an emoji."),
    (status = 429, description = "`rate_limited`"),
))]
#[delete("/chats/{id}/messages/{message}/reactions/{emoji}")]
pub async fn unreact(services: web::Data<Services>, signed: Signed, path: MessagePath) -> Answer<web::Json<Message>> {
    Ok(web::Json(chat::react(&services, signed.0, path.chat, path.message, &path.emoji, false).await?))
}
