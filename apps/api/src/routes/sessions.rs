use actix_web::{HttpResponse, delete, get, post, web};
use balloond_domain::{Services, auth};
use balloond_shared::{SessionId, auth::ChangePassword, session::Session};

use crate::{
    extract::{JsonBody, PathId, Signed},
    refusal::Answer,
};

/// The devices on which one is signed in: this one first, then the one used last.
#[utoipa::path(operation_id = "list_sessions", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "All open sessions.", body = Vec<Session>)))]
#[get("/me/sessions")]
pub async fn list(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Vec<Session>>> {
    Ok(web::Json(auth::sessions(&services, signed.0).await?))
}

/// Ends a session, at once and everywhere: its tokens are refused, its sockets close.
#[utoipa::path(operation_id = "end_session", tag = "me", security(("token" = []), ("cookie" = [])), params(("id" = SessionId, Path)), responses((status = 204, description = "Ended.")))]
#[delete("/me/sessions/{id}")]
pub async fn end(services: web::Data<Services>, signed: Signed, id: PathId<SessionId>) -> Answer<HttpResponse> {
    auth::end_session(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all sessions but this one, at once and everywhere.
#[utoipa::path(operation_id = "end_other_sessions", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 204, description = "Ended.")))]
#[delete("/me/sessions")]
pub async fn end_others(services: web::Data<Services>, signed: Signed) -> Answer<HttpResponse> {
    auth::end_other_sessions(&services, signed.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes one's password, and ends all other sessions.
#[utoipa::path(operation_id = "change_password", tag = "me", security(("token" = []), ("cookie" = [])), request_body = ChangePassword, responses((status = 204, description = "Changed."), (status = 429, description = "`rate_limited`")))]
#[post("/me/password")]
pub async fn change_password(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<ChangePassword>,
) -> Answer<HttpResponse> {
    auth::change_password(&services, signed.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
