use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, auth};
use balloond_shared::{
    auth::SignedIn,
    second_step::{ConfirmSecondStep, Enrolment, RecoveryCodes, SecondStep, SecondStepState, WithPassword},
};

use crate::{
    cookies::SessionCookies,
    extract::{ClientInfo, JsonBody, Signed},
    refusal::Answer,
};

/// Signs in by a code, after the password was right.
#[utoipa::path(operation_id = "take_second_step", tag = "auth", request_body = SecondStep, responses((status = 200, description = "Signed in.", body = SignedIn), (status = 401, description = "`unauthenticated`: the ticket is too old. Log in again."), (status = 429, description = "`rate_limited`")))]
#[post("/auth/second-step")]
pub async fn take(
    services: web::Data<Services>,
    cookies: SessionCookies,
    client: ClientInfo,
    request: JsonBody<SecondStep>,
) -> Answer<HttpResponse> {
    let signed_in = auth::take_second_step(&services, &request.0, &client.0).await?;
    Ok(cookies.signed_in(StatusCode::OK, &signed_in))
}

/// Whether one has a second step, and how many recovery codes are left.
#[utoipa::path(operation_id = "second_step", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "As it is.", body = SecondStepState)))]
#[get("/me/second-step")]
pub async fn state(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<SecondStepState>> {
    Ok(web::Json(auth::second_step_state(&services, signed.0).await?))
}

/// Begins setting an app up (RFC 6238). Nothing is asked for until a code of it was confirmed.
#[utoipa::path(operation_id = "begin_second_step", tag = "me", security(("token" = []), ("cookie" = [])), request_body = WithPassword, responses((status = 201, description = "The app's secret.", body = Enrolment), (status = 409, description = "`second_step_on`: there is one."), (status = 429, description = "`rate_limited`")))]
#[post("/me/second-step")]
pub async fn begin(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<WithPassword>,
) -> Answer<(web::Json<Enrolment>, StatusCode)> {
    Ok((web::Json(auth::begin_second_step(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// Turns the second step on by a code from the app.
#[utoipa::path(operation_id = "confirm_second_step", tag = "me", security(("token" = []), ("cookie" = [])), request_body = ConfirmSecondStep, responses((status = 200, description = "On. These codes work once each when the app is lost.", body = RecoveryCodes), (status = 404, description = "Nothing is being set up."), (status = 429, description = "`rate_limited`")))]
#[post("/me/second-step/confirm")]
pub async fn confirm(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<ConfirmSecondStep>,
) -> Answer<web::Json<RecoveryCodes>> {
    Ok(web::Json(auth::confirm_second_step(&services, signed.0, &request.0).await?))
}

/// Makes other recovery codes; the last ones work no more.
#[utoipa::path(operation_id = "renew_recovery_codes", tag = "me", security(("token" = []), ("cookie" = [])), request_body = WithPassword, responses((status = 200, description = "The new ones.", body = RecoveryCodes), (status = 404, description = "There is no second step."), (status = 429, description = "`rate_limited`")))]
#[post("/me/second-step/recovery-codes")]
pub async fn renew(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<WithPassword>,
) -> Answer<web::Json<RecoveryCodes>> {
    Ok(web::Json(auth::renew_recovery_codes(&services, signed.0, &request.0).await?))
}

/// Turns the second step off.
#[utoipa::path(operation_id = "end_second_step", tag = "me", security(("token" = []), ("cookie" = [])), request_body = WithPassword, responses((status = 204, description = "Off."), (status = 429, description = "`rate_limited`")))]
#[delete("/me/second-step")]
pub async fn end(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<WithPassword>,
) -> Answer<HttpResponse> {
    auth::end_second_step(&services, signed.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
