use actix_web::{get, put, web};
use balloond_domain::{Services, chat};
use balloond_shared::{
    ChatId, Page,
    chat::{Chat, ChatSummary, MarkRead, ReadCursor},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{JsonBody, PathId, Query, Signed},
    refusal::Answer,
};

/// `GET /chats`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChatsQuery {
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// One's chats, the one with the newest message first.
#[utoipa::path(operation_id = "list_chats", tag = "chats", security(("token" = []), ("cookie" = [])), params(ChatsQuery), responses((status = 200, description = "A page of chats.", body = Page<ChatSummary>)))]
#[get("/chats")]
pub async fn list(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<ChatsQuery>,
) -> Answer<web::Json<Page<ChatSummary>>> {
    let chats = chat::list(&services, signed.0, query.0.cursor.as_deref(), query.0.limit).await?;
    Ok(web::Json(chats))
}

/// One chat with its members.
#[utoipa::path(operation_id = "chat", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), responses((status = 200, description = "The chat.", body = Chat)))]
#[get("/chats/{id}")]
pub async fn get(services: web::Data<Services>, signed: Signed, id: PathId<ChatId>) -> Answer<web::Json<Chat>> {
    Ok(web::Json(chat::get(&services, signed.0, id.0).await?))
}

/// Moves one's read cursor; never backwards, never past the head.
#[utoipa::path(tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body = MarkRead, responses((status = 200, description = "Where the cursor is now.", body = ReadCursor)))]
#[put("/chats/{id}/read")]
pub async fn mark_read(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    request: JsonBody<MarkRead>,
) -> Answer<web::Json<ReadCursor>> {
    Ok(web::Json(chat::mark_read(&services, signed.0, id.0, request.0).await?))
}
