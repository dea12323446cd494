use actix_web::{HttpResponse, post, web};
use balloond_domain::{Services, auth};
use balloond_shared::{
    auth::{ForgotPassword, ResetPassword, Verify},
    profile::Me,
};

use crate::{
    extract::{ClientInfo, JsonBody, Signed},
    refusal::Answer,
};

/// Verifies one's email by the code that was mailed: from then on one is seen, and may float balloons.
#[utoipa::path(operation_id = "verify_email", tag = "auth", security(("token" = []), ("cookie" = [])), request_body = Verify, responses((status = 200, description = "Verified.", body = Me), (status = 429, description = "`rate_limited`")))]
#[post("/me/verify")]
pub async fn verify(services: web::Data<Services>, signed: Signed, request: JsonBody<Verify>) -> Answer<web::Json<Me>> {
    Ok(web::Json(auth::verify(&services, signed.0, &request.0).await?))
}

/// Mails another code; the last one works no more.
#[utoipa::path(operation_id = "resend_code", tag = "auth", security(("token" = []), ("cookie" = [])), responses((status = 202, description = "On its way, unless the email is verified."), (status = 429, description = "`rate_limited`")))]
#[post("/me/verify/resend")]
pub async fn resend(services: web::Data<Services>, signed: Signed) -> Answer<HttpResponse> {
    auth::resend_code(&services, signed.0).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Mails a code for a new password, if the email has an account. The answer is the same in any case.
#[utoipa::path(operation_id = "forgot_password", tag = "auth", request_body = ForgotPassword, responses((status = 202, description = "On its way, if there is an account."), (status = 429, description = "`rate_limited`")))]
#[post("/auth/forgot")]
pub async fn forgot(
    services: web::Data<Services>,
    client: ClientInfo,
    request: JsonBody<ForgotPassword>,
) -> Answer<HttpResponse> {
    auth::forgot_password(&services, &request.0, &client.0).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Sets a new password by the code that was mailed, and ends all sessions.
#[utoipa::path(operation_id = "reset_password", tag = "auth", request_body = ResetPassword, responses((status = 204, description = "Changed: log in."), (status = 429, description = "`rate_limited`")))]
#[post("/auth/reset")]
pub async fn reset(
    services: web::Data<Services>,
    client: ClientInfo,
    request: JsonBody<ResetPassword>,
) -> Answer<HttpResponse> {
    auth::reset_password(&services, &request.0, &client.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
