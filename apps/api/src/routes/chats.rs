use actix_web::{HttpResponse, get, put, web};
use balloond_domain::{Services, chat};
use balloond_shared::{
    ChatId, Page,
    chat::{Chat, ChatSummary, MarkRead, Mute, ReadCursor},
    search::{FoundMessage, SearchQuery},
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

/// Takes a chat out of what calls one, or back in. Only the count of chats with something unread changes.
#[utoipa::path(operation_id = "mute_chat", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body = Mute, responses((status = 204, description = "So it is.")))]
#[put("/chats/{id}/mute")]
pub async fn mute(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    request: JsonBody<Mute>,
) -> Answer<HttpResponse> {
    chat::mute(&services, signed.0, id.0, request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Messages of one's chats, or of one of them, with all of these words; the newest first.
#[utoipa::path(operation_id = "search_messages", tag = "chats", security(("token" = []), ("cookie" = [])), params(SearchQuery), responses(
    (status = 200, description = "A page of messages, each with its chat's title.", body = Page<FoundMessage>),
    (status = 422, description = "`invalid`: see `errors`."),
    (status = 429, description = "`rate_limited`"),
))]
#[get("/search")]
pub async fn search(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<SearchQuery>,
) -> Answer<web::Json<Page<FoundMessage>>> {
    Ok(web::Json(chat::search(&services, signed.0, &query.0).await?))
}
