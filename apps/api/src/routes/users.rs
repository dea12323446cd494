use actix_web::{HttpResponse, get, http::header::ContentType, web};
use balloond_domain::{Services, profile};
use balloond_shared::{UserId, profile::Profile};

use crate::{
    extract::{PathId, Signed},
    refusal::Answer,
};

/// Somebody's public profile.
#[utoipa::path(operation_id = "profile", tag = "people", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), responses((status = 200, description = "The profile.", body = Profile)))]
#[get("/users/{id}")]
pub async fn user(services: web::Data<Services>, signed: Signed, id: PathId<UserId>) -> Answer<HttpResponse> {
    let profile = profile::profile_json(&services, signed.0, id.0).await?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(profile))
}
