use actix_web::{get, http::StatusCode, post, web};
use balloond_domain::{Services, chat};
use balloond_shared::{
    ChatId,
    chat::{Message, Messages, MessagesQuery, SendMessage},
};

use crate::{
    extract::{JsonBody, PathId, Query, Signed},
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
