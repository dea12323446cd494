use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use balloond_domain::{
    Services, Viewer,
    auth::{self, Grant, Holder},
};
use balloond_shared::ErrorCode;
use chrono::{DateTime, Utc};
use futures_util::future::{Either, FutureExt, LocalBoxFuture};

use crate::{refusal::Refusal, scopes, settings::Settings};

/// Whoever is signed in: by `Authorization: Bearer`, else by the session cookie; and until when, where that is known. 401
/// otherwise, 403 for a token of a program that has not the route's scope.
pub struct Signed(pub Viewer, pub Option<DateTime<Utc>>);

impl FromRequest for Signed {
    type Error = Refusal;
    /// Only a program's token may need the database.
    type Future = Either<Ready<Result<Self, Refusal>>, LocalBoxFuture<'static, Result<Self, Refusal>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if bearer(request).is_some_and(auth::is_api_token) {
            return Either::Right(by_api_token(request.clone()).boxed_local());
        }
        Either::Left(ready(viewer(request).map(|viewer| Self::of(request, viewer, None))))
    }
}

impl Signed {
    /// Who changes something is left in the request's extensions for [`crate::writes::note`].
    fn of(request: &HttpRequest, viewer: Viewer, until: Option<DateTime<Utc>>) -> Self {
        if !request.method().is_safe() {
            request.extensions_mut().insert(viewer);
        }
        Self(viewer, until)
    }
}

fn viewer(request: &HttpRequest) -> Result<Viewer, Refusal> {
    Ok(holder(request)?.at_large()?)
}

/// Whose session it is, suspended or not; a program's token is none.
pub fn holder(request: &HttpRequest) -> Result<Holder, Refusal> {
    match bearer(request) {
        Some(token) if auth::is_api_token(token) => Err(ErrorCode::InsufficientScope.into()),
        Some(token) => Ok(auth::holder(services(request)?, token)?),
        None => {
            let cookie = request.cookie(Settings::of(request).cookies.session()).ok_or(ErrorCode::Unauthenticated)?;
            Ok(auth::holder(services(request)?, cookie.value())?)
        }
    }
}

async fn by_api_token(request: HttpRequest) -> Result<Signed, Refusal> {
    let token = bearer(&request).unwrap_or_default();
    let Grant { viewer, scopes, until } = auth::authenticate_api_token(services(&request)?, token).await?;
    let needed = request.match_pattern().and_then(|pattern| scopes::of(request.method().as_str(), &pattern));
    if !needed.is_some_and(|needed| scopes.contain(needed)) {
        return Err(ErrorCode::InsufficientScope.into());
    }
    Ok(Signed::of(&request, viewer, until))
}

fn services(request: &HttpRequest) -> Result<&Services, Refusal> {
    Ok(request.app_data::<web::Data<Services>>().ok_or(ErrorCode::Internal)?)
}

/// RFC 6750, 2.1; the scheme's case does not matter (RFC 9110, 11.1). Another scheme counts as a wrong token.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}
