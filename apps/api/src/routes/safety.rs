use actix_web::{HttpResponse, delete, get, patch, post, web};
use balloond_domain::{Services, safety};
use balloond_shared::{
    Page, UserId,
    safety::{Block, BlockPerson, EditSafety, Safety},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{JsonBody, PathId, Query, Signed},
    refusal::Answer,
};

/// `GET /blocks`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BlocksQuery {
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// Whom one blocked, the last one first.
#[utoipa::path(operation_id = "list_blocks", tag = "safety", security(("token" = []), ("cookie" = [])), params(BlocksQuery), responses((status = 200, description = "A page of blocked people.", body = Page<Block>), (status = 422, description = "The cursor is none.")))]
#[get("/blocks")]
pub async fn blocks(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<BlocksQuery>,
) -> Answer<web::Json<Page<Block>>> {
    Ok(web::Json(safety::blocks(&services, signed.0, query.0.cursor.as_deref(), query.0.limit).await?))
}

/// Keeps somebody away, both ways and at once. They are not told. Repeating it changes nothing.
#[utoipa::path(operation_id = "block_person", tag = "safety", security(("token" = []), ("cookie" = [])), request_body = BlockPerson, responses(
    (status = 204, description = "Blocked."),
    (status = 403, description = "`forbidden`: it is yourself."),
    (status = 404, description = "Nobody there."),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/blocks")]
pub async fn block(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<BlockPerson>,
) -> Answer<HttpResponse> {
    safety::block(&services, signed.0, request.0.user).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a block back; your chat is there again. The id is the person's.
#[utoipa::path(operation_id = "unblock_person", tag = "safety", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), responses((status = 204, description = "Not blocked, now or before.")))]
#[delete("/blocks/{id}")]
pub async fn unblock(services: web::Data<Services>, signed: Signed, id: PathId<UserId>) -> Answer<HttpResponse> {
    safety::unblock(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What one keeps away: being seen, and words.
#[utoipa::path(operation_id = "my_safety", tag = "safety", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The settings.", body = Safety)))]
#[get("/me/safety")]
pub async fn settings(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Safety>> {
    Ok(web::Json(safety::get(&services, signed.0).await?))
}

/// Changes what is given and keeps the rest.
#[utoipa::path(operation_id = "edit_safety", tag = "safety", security(("token" = []), ("cookie" = [])), request_body = EditSafety, responses((status = 200, description = "The settings as they are now.", body = Safety), (status = 429, description = "`rate_limited`")))]
#[patch("/me/safety")]
pub async fn edit(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<EditSafety>,
) -> Answer<web::Json<Safety>> {
    Ok(web::Json(safety::edit(&services, signed.0, &request.0).await?))
}
