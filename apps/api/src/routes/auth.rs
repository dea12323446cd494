use actix_web::{HttpResponse, http::StatusCode, post, web};
use balloond_domain::{
    Services,
    auth::{self, LoggedIn},
};
use balloond_shared::{
    ErrorCode,
    auth::{Login, Refresh, Register, SignedIn},
    second_step::SecondStepNeeded,
};

use crate::{
    cookies::SessionCookies,
    extract::{ClientInfo, Held, JsonBody, MaybeJsonBody},
    refusal::Answer,
};

/// Opens an account and signs in. Until its email is verified by the code that is mailed, nobody sees it and it can float no
/// balloon; after a day it is gone. The answer does not tell whether the email has an account already.
#[utoipa::path(tag = "auth", request_body = Register, responses((status = 201, description = "Signed in.", body = SignedIn), (status = 403, description = "`switched_off`: nobody can register for now."), (status = 429, description = "`rate_limited`")))]
#[post("/auth/register")]
pub async fn register(
    services: web::Data<Services>,
    cookies: SessionCookies,
    client: ClientInfo,
    request: JsonBody<Register>,
) -> Answer<HttpResponse> {
    let signed_in = auth::register(&services, &request.0, &client.0).await?;
    Ok(cookies.signed_in(StatusCode::CREATED, &signed_in))
}

/// Signs in, or asks for the second step of those who have one.
#[utoipa::path(tag = "auth", request_body = Login, responses((status = 200, description = "Signed in.", body = SignedIn), (status = 202, description = "The password is right; a code is needed: `POST /auth/second-step`.", body = SecondStepNeeded), (status = 401, description = "`wrong_credentials`"), (status = 429, description = "`rate_limited`")))]
#[post("/auth/login")]
pub async fn log_in(
    services: web::Data<Services>,
    cookies: SessionCookies,
    client: ClientInfo,
    request: JsonBody<Login>,
) -> Answer<HttpResponse> {
    Ok(match auth::log_in(&services, &request.0, &client.0).await? {
        LoggedIn::SignedIn(signed_in) => cookies.signed_in(StatusCode::OK, &signed_in),
        LoggedIn::SecondStep(needed) => HttpResponse::Accepted().json(needed),
    })
}

/// Exchanges a refresh token for the next pair; a browser sends no body, and its cookie is taken. A token that was exchanged
/// long ago is a stolen one: its whole session ends.
#[utoipa::path(tag = "auth", request_body = Option<Refresh>, responses((status = 200, description = "Signed in anew.", body = SignedIn), (status = 401, description = "Unknown, expired or revoked.")))]
#[post("/auth/refresh")]
pub async fn refresh(
    services: web::Data<Services>,
    cookies: SessionCookies,
    request: MaybeJsonBody<Refresh>,
) -> Answer<HttpResponse> {
    let given = request.0.map(|refresh| refresh.refresh_token);
    let token = given.as_deref().or(cookies.refresh.as_deref()).ok_or(ErrorCode::Unauthenticated)?;
    let signed_in = auth::refresh(&services, token).await?;
    Ok(cookies.signed_in(StatusCode::OK, &signed_in))
}

/// Ends the session, at once and everywhere. A browser whose access token has expired is known by its refresh token.
#[utoipa::path(tag = "auth", security(("token" = []), ("cookie" = [])), responses((status = 204, description = "Signed out.")))]
#[post("/auth/logout")]
pub async fn log_out(
    services: web::Data<Services>,
    cookies: SessionCookies,
    held: Result<Held, crate::Refusal>,
) -> Answer<HttpResponse> {
    let viewer = match held {
        Ok(Held(viewer)) => viewer,
        Err(refusal) if !cookies.is_from_browser() => return Err(refusal),
        Err(_) => match auth::resume(&services, None, cookies.refresh.as_deref()).await {
            Ok((holder, _)) => holder.viewer,
            Err(_) => return Ok(cookies.signed_out()),
        },
    };
    auth::log_out(&services, viewer).await?;
    Ok(cookies.signed_out())
}
