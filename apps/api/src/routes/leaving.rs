use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, leaving};
use balloond_shared::{
    ErasureId,
    leaving::{EraseAccount, Erasure, Export},
};

use crate::{
    cookies::SessionCookies,
    extract::{Held, JsonBody, PathId},
    refusal::Answer,
};

/// Erases one's account: gone at once for everybody; files follow within minutes. What others received in a chat stays, as from
/// a deleted account. It cannot be taken back.
#[utoipa::path(operation_id = "erase_account", tag = "me", security(("token" = []), ("cookie" = [])), request_body = EraseAccount, responses(
    (status = 202, description = "Gone. The receipt can be asked for until it is finished, and after.", body = Erasure),
    (status = 429, description = "`rate_limited`"),
))]
#[delete("/me")]
pub async fn erase(
    services: web::Data<Services>,
    cookies: SessionCookies,
    held: Held,
    request: JsonBody<EraseAccount>,
) -> Answer<HttpResponse> {
    let erasure = leaving::erase(&services, held.0, &request.0).await?;
    Ok(cookies.erased(&erasure))
}

/// The receipt of an erasure: what was removed. For whoever has its id.
#[utoipa::path(operation_id = "erasure", tag = "me", params(("id" = ErasureId, Path)), responses((status = 200, description = "The receipt.", body = Erasure)))]
#[get("/erasures/{id}")]
pub async fn receipt(services: web::Data<Services>, id: PathId<ErasureId>) -> Answer<web::Json<Erasure>> {
    Ok(web::Json(leaving::receipt(&services, id.0).await?))
}

/// Begins a copy of all that is kept of one: a JSON file, photos included. One a day.
#[utoipa::path(operation_id = "request_export", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 202, description = "Being made, or there already.", body = Export), (status = 429, description = "`rate_limited`")))]
#[post("/me/export")]
pub async fn request_export(services: web::Data<Services>, held: Held) -> Answer<(web::Json<Export>, StatusCode)> {
    Ok((web::Json(leaving::request_export(&services, held.0).await?), StatusCode::ACCEPTED))
}

/// How far the copy is, and where once it is there.
#[utoipa::path(operation_id = "export", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The newest copy.", body = Export), (status = 404, description = "None was asked for, or it has expired.")))]
#[get("/me/export")]
pub async fn export(services: web::Data<Services>, held: Held) -> Answer<web::Json<Export>> {
    Ok(web::Json(leaving::export(&services, held.0).await?))
}
