use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, auth};
use balloond_shared::{
    PasskeyId,
    auth::SignedIn,
    passkey::{AddPasskey, Passkey, PasskeyLogin, PasskeyOptions},
    second_step::WithPassword,
};

use crate::{
    cookies::SessionCookies,
    extract::{ClientInfo, JsonBody, PathId, Signed},
    refusal::Answer,
};

/// Begins logging in with a passkey: what a browser is to be asked for, good once and for five minutes.
#[utoipa::path(operation_id = "begin_passkey_log_in", tag = "auth", responses((status = 200, description = "For `navigator.credentials.get`.", body = PasskeyOptions), (status = 429, description = "`rate_limited`")))]
#[post("/auth/passkey/begin")]
pub async fn begin_log_in(services: web::Data<Services>, client: ClientInfo) -> Answer<web::Json<PasskeyOptions>> {
    Ok(web::Json(auth::begin_passkey_log_in(&services, &client.0).await?))
}

/// Signs in with a passkey, in the place of the password and of the second step.
#[utoipa::path(operation_id = "passkey_log_in", tag = "auth", request_body = PasskeyLogin, responses((status = 200, description = "Signed in.", body = SignedIn), (status = 401, description = "`wrong_credentials`: whatever was not right about it."), (status = 429, description = "`rate_limited`")))]
#[post("/auth/passkey")]
pub async fn log_in(
    services: web::Data<Services>,
    cookies: SessionCookies,
    client: ClientInfo,
    request: JsonBody<PasskeyLogin>,
) -> Answer<HttpResponse> {
    let signed_in = auth::passkey_log_in(&services, &request.0, &client.0).await?;
    Ok(cookies.signed_in(StatusCode::OK, &signed_in))
}

/// One's passkeys, the oldest first.
#[utoipa::path(operation_id = "list_passkeys", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "All of them.", body = Vec<Passkey>)))]
#[get("/me/passkeys")]
pub async fn list(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Vec<Passkey>>> {
    Ok(web::Json(auth::passkeys(&services, signed.0).await?))
}

/// Begins adding a passkey: what a browser is to be asked for, good once and for five minutes.
#[utoipa::path(operation_id = "begin_passkey", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "For `navigator.credentials.create`.", body = PasskeyOptions)))]
#[post("/me/passkeys/begin")]
pub async fn begin(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<PasskeyOptions>> {
    Ok(web::Json(auth::begin_passkey(&services, signed.0).await?))
}

/// Adds a passkey.
#[utoipa::path(operation_id = "add_passkey", tag = "me", security(("token" = []), ("cookie" = [])), request_body = AddPasskey, responses((status = 201, description = "Added.", body = Passkey), (status = 409, description = "`passkeys_full`: twenty are the most."), (status = 429, description = "`rate_limited`")))]
#[post("/me/passkeys")]
pub async fn add(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<AddPasskey>,
) -> Answer<(web::Json<Passkey>, StatusCode)> {
    Ok((web::Json(auth::add_passkey(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// Removes a passkey.
#[utoipa::path(operation_id = "remove_passkey", tag = "me", security(("token" = []), ("cookie" = [])), params(("id" = PasskeyId, Path)), request_body = WithPassword, responses((status = 204, description = "Removed."), (status = 429, description = "`rate_limited`")))]
#[delete("/me/passkeys/{id}")]
pub async fn remove(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<PasskeyId>,
    request: JsonBody<WithPassword>,
) -> Answer<HttpResponse> {
    auth::remove_passkey(&services, signed.0, id.0, &request.0.password).await?;
    Ok(HttpResponse::NoContent().finish())
}
