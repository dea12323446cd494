//! The browser's two cookies: the access token in `session`, the refresh token in `refresh`.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::{StatusCode, header},
};
use balloond_shared::{auth::SignedIn, leaving::Erasure};

use crate::{refusal::Refusal, settings::Settings};

const SESSION: &str = "session";
const REFRESH: &str = "refresh";

/// The cookies' names and attributes, by the scheme of the web's origin.
///
/// Over https they carry the `__Host-` prefix (RFC 6265bis, 4.1.3.2): no other host, not even a subdomain, can set them.
#[derive(Clone, Copy, Debug)]
pub struct CookieNames {
    secure: bool,
}

impl CookieNames {
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-session" } else { SESSION }
    }

    pub const fn refresh(self) -> &'static str {
        if self.secure { "__Host-refresh" } else { REFRESH }
    }

    fn build(self, name: &'static str, value: String, lifetime: Duration) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(lifetime)
            .finish()
    }
}

/// The cookies of a request, and whether its sender keeps them: a browser at the web's origin. API clients get none.
pub struct SessionCookies {
    names: CookieNames,
    from_browser: bool,
    refresh_lifetime: Duration,
    pub refresh: Option<String>,
}

impl SessionCookies {
    /// The answer to signing in: tokens in the body, and in the cookies of a browser.
    pub fn signed_in(&self, status: StatusCode, signed_in: &SignedIn) -> HttpResponse {
        let mut answer = HttpResponse::build(status);
        if self.from_browser {
            let lifetime = Duration::seconds(i64::try_from(signed_in.expires_in).unwrap_or(0));
            answer.cookie(self.names.build(self.names.session(), signed_in.token.clone(), lifetime));
            answer.cookie(self.names.build(
                self.names.refresh(),
                signed_in.refresh_token.clone(),
                self.refresh_lifetime,
            ));
        }
        answer.json(signed_in)
    }

    /// The answer to signing out: 204, the cookies of a browser gone.
    pub fn signed_out(&self) -> HttpResponse {
        let mut answer = HttpResponse::NoContent();
        self.clear(&mut answer);
        answer.finish()
    }

    /// The answer to erasing an account: the receipt, the cookies of a browser gone.
    pub fn erased(&self, receipt: &Erasure) -> HttpResponse {
        let mut answer = HttpResponse::Accepted();
        self.clear(&mut answer);
        answer.json(receipt)
    }

    pub const fn is_from_browser(&self) -> bool {
        self.from_browser
    }

    fn clear(&self, answer: &mut HttpResponseBuilder) {
        if self.from_browser {
            for name in [self.names.session(), self.names.refresh()] {
                answer.cookie(self.names.build(name, String::new(), Duration::ZERO));
            }
        }
    }
}

impl FromRequest for SessionCookies {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let settings = Settings::of(request);
        let refresh = request.cookie(settings.cookies.refresh()).map(|cookie| cookie.value().to_owned());
        let origin = request.headers().get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        ready(Ok(Self {
            names: settings.cookies,
            from_browser: origin.is_some_and(|origin| settings.origins.is_web(origin)),
            refresh_lifetime: settings.refresh_lifetime,
            refresh,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_the_cookies_are_bound_to_the_host() {
        let names = CookieNames::new(true);
        let cookie = names.build(names.session(), "token".to_owned(), Duration::seconds(600)).to_string();
        assert_eq!(cookie, "__Host-session=token; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600");
    }

    #[test]
    fn plain_http_localhost_has_plain_cookies() {
        let names = CookieNames::new(false);
        let cookie = names.build(names.refresh(), "token".to_owned(), Duration::seconds(1)).to_string();
        assert_eq!(cookie, "refresh=token; HttpOnly; SameSite=Lax; Path=/; Max-Age=1");
    }
}
