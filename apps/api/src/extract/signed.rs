use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use balloond_domain::{Services, Viewer, auth};
use balloond_shared::ErrorCode;

use crate::{refusal::Refusal, settings::Settings};

/// Whoever is signed in: by `Authorization: Bearer`, else by the session cookie. 401 otherwise.
pub struct Signed(pub Viewer);

impl FromRequest for Signed {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(viewer(request).map(Self))
    }
}

fn viewer(request: &HttpRequest) -> Result<Viewer, Refusal> {
    let services = request.app_data::<web::Data<Services>>().ok_or(ErrorCode::Internal)?;
    if let Some(token) = bearer(request) {
        return Ok(auth::authenticate(services, token)?);
    }
    let cookie = request.cookie(Settings::of(request).cookies.session()).ok_or(ErrorCode::Unauthenticated)?;
    Ok(auth::authenticate(services, cookie.value())?)
}

/// RFC 6750, 2.1; the scheme's case does not matter (RFC 9110, 11.1). Another scheme counts as a wrong token.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}
