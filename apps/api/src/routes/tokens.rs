use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, auth};
use balloond_shared::{
    ApiTokenId,
    api_token::{ApiToken, MakeApiToken, NewApiToken},
};

use crate::{
    extract::{JsonBody, PathId, Signed},
    refusal::Answer,
};

/// One's tokens for programs, the newest first.
#[utoipa::path(operation_id = "list_tokens", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "All that were not revoked.", body = Vec<ApiToken>)))]
#[get("/me/tokens")]
pub async fn list(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Vec<ApiToken>>> {
    Ok(web::Json(auth::api_tokens(&services, signed.0).await?))
}

/// Makes a token for a program. It is shown in this answer alone.
#[utoipa::path(operation_id = "make_token", tag = "me", security(("token" = []), ("cookie" = [])), request_body = MakeApiToken, responses((status = 201, description = "Made.", body = NewApiToken), (status = 409, description = "`tokens_full`: twenty are the most."), (status = 429, description = "`rate_limited`")))]
#[post("/me/tokens")]
pub async fn make(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<MakeApiToken>,
) -> Answer<(web::Json<NewApiToken>, StatusCode)> {
    Ok((web::Json(auth::make_api_token(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// Ends a token, at once and everywhere: it is refused, its sockets close.
#[utoipa::path(operation_id = "end_token", tag = "me", security(("token" = []), ("cookie" = [])), params(("id" = ApiTokenId, Path)), responses((status = 204, description = "Ended.")))]
#[delete("/me/tokens/{id}")]
pub async fn end(services: web::Data<Services>, signed: Signed, id: PathId<ApiTokenId>) -> Answer<HttpResponse> {
    auth::end_api_token(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
