//! The browser's cookies: the access token in `session`, the refresh token in `refresh`, and a notice to show once.

use actix_web::{
    HttpMessage, HttpRequest,
    body::MessageBody,
    cookie::{Cookie, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use balloond_domain::auth::SESSION_LIFE;
use balloond_shared::auth::SignedIn;

use super::app::State;
use crate::pages::Notice;

const NOTICE: &str = "notice";

/// The cookies' names and attributes. Over https they carry the `__Host-` prefix (RFC 6265bis, 4.1.3.2): no other host can set them.
#[derive(Clone, Copy, Debug)]
pub struct CookieNames {
    secure: bool,
}

impl CookieNames {
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    pub const fn session(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    pub const fn refresh(self) -> &'static str {
        if self.secure { "__Host-refresh" } else { "refresh" }
    }

    fn build(self, name: &'static str, value: String, life: Duration) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(life)
            .finish()
    }

    /// A notice for the next page, which takes it away again.
    pub fn notice(self, notice: Notice) -> Cookie<'static> {
        self.build(NOTICE, notice.name().to_owned(), Duration::seconds(20))
    }

    pub fn no_notice(self) -> Cookie<'static> {
        self.build(NOTICE, String::new(), Duration::ZERO)
    }
}

/// What a request does to the session's cookies; left in its extensions for [`renew`].
pub enum SessionChange {
    Begins(Box<SignedIn>),
    Ends,
}

/// The cookies' values that say who asks: access token, refresh token.
pub fn tokens(request: &HttpRequest, names: CookieNames) -> (Option<String>, Option<String>) {
    let value = |name| request.cookie(name).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty());
    (value(names.session()), value(names.refresh()))
}

pub fn notice(request: &HttpRequest) -> Option<Notice> {
    request.cookie(NOTICE).and_then(|cookie| Notice::by_name(cookie.value()))
}

/// Sets the cookies of a session that began, went on or ended with this request.
pub async fn renew(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut answer = next.call(request).await?;
    let change = answer.request().extensions_mut().remove::<SessionChange>();
    let names = answer.request().app_data::<State>().map(|app| app.cookies);
    if let (Some(change), Some(names)) = (change, names) {
        for cookie in changed(change, names) {
            answer.response_mut().add_cookie(&cookie)?;
        }
    }
    Ok(answer)
}

fn changed(change: SessionChange, names: CookieNames) -> [Cookie<'static>; 2] {
    match change {
        SessionChange::Begins(signed_in) => {
            let access_life = Duration::seconds(i64::try_from(signed_in.expires_in).unwrap_or(0));
            let life = Duration::try_from(SESSION_LIFE).unwrap_or(Duration::ZERO);
            [
                names.build(names.session(), signed_in.token, access_life),
                names.build(names.refresh(), signed_in.refresh_token, life),
            ]
        }
        SessionChange::Ends => {
            [names.session(), names.refresh()].map(|name| names.build(name, String::new(), Duration::ZERO))
        }
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
}
