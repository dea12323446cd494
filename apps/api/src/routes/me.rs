use actix_web::{HttpResponse, get, http::header, patch, web};
use balloond_domain::{Services, chat, profile as profiles};
use balloond_shared::{
    chat::Badges,
    profile::{EditProfile, Me},
};

use crate::{
    extract::{IfMatch, JsonBody, Signed},
    refusal::Answer,
};

/// One's own profile. Its `ETag` is its version.
#[utoipa::path(operation_id = "my_profile", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The profile.", body = Me, headers(("etag" = String, description = "For `If-Match`.")))))]
#[get("/me")]
pub async fn profile(services: web::Data<Services>, signed: Signed) -> Answer<HttpResponse> {
    Ok(tagged(&profiles::me(&services, signed.0).await?))
}

/// Changes what is given and keeps the rest.
#[utoipa::path(tag = "me", security(("token" = []), ("cookie" = [])), params(("if-match" = Option<String>, Header, description = "The `ETag` of the version that is to be changed.")), request_body = EditProfile, responses((status = 200, description = "The profile as it is now.", body = Me), (status = 412, description = "`stale`: changed in the meantime.")))]
#[patch("/me")]
pub async fn edit_me(
    services: web::Data<Services>,
    signed: Signed,
    expected: IfMatch,
    request: JsonBody<EditProfile>,
) -> Answer<HttpResponse> {
    Ok(tagged(&profiles::edit(&services, signed.0, &request.0, expected.0).await?))
}

/// What waits: balloons, and chats with something unread.
#[utoipa::path(tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The two numbers.", body = Badges)))]
#[get("/me/badges")]
pub async fn badges(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Badges>> {
    Ok(web::Json(chat::badges(&services, signed.0).await?))
}

fn tagged(me: &Me) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", me.version))).json(me)
}
