//! What the door itself needs of the configuration, ready to use.

use actix_web::{HttpRequest, cookie::time::Duration, web};
use balloond_domain::{Config, auth::SESSION_LIFE};

use crate::{cookies::CookieNames, origin::Origins};

#[derive(Clone, Debug)]
pub struct Settings {
    pub origins: Origins,
    pub cookies: CookieNames,
    /// How long a browser keeps the refresh token.
    pub refresh_lifetime: Duration,
    /// Proxies in front of us whose `X-Forwarded-For` is believed.
    pub trusted_proxies: usize,
    /// Browsers reach us over https.
    pub is_https: bool,
}

impl Settings {
    pub fn new(config: &Config) -> Self {
        Self {
            origins: Origins::new(&config.public_web_url, &config.public_api_url),
            cookies: CookieNames::new(config.secure_cookies()),
            refresh_lifetime: Duration::try_from(SESSION_LIFE).unwrap_or(Duration::ZERO),
            trusted_proxies: config.trusted_proxies,
            is_https: config.public_api_url.starts_with("https://"),
        }
    }

    /// The settings of the application that serves this request.
    #[expect(clippy::expect_used, reason = "every application is built with its settings")]
    pub fn of(request: &HttpRequest) -> &Self {
        request.app_data::<web::Data<Self>>().expect("settings are in the application's data")
    }
}
