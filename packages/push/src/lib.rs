//! Web Push: a note that wakes a browser, sealed so that the push service between us and it learns nothing (RFC 8030, 8291, 8292).

mod endpoint;
mod global;
mod seal;
mod vapid;

use std::{sync::Arc, time::Duration};

use reqwest::{Client, StatusCode, header, redirect::Policy};

pub use endpoint::{Endpoint, EndpointFault, MAX_ENDPOINT};
pub use seal::{Keys, KeysFault, MAX_NOTE};
pub use vapid::{VapidKey, VapidKeyFault};

/// How long a push service has to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a push service keeps a note for a browser that is away; in seconds.
const KEPT: u32 = 24 * 60 * 60;

/// How to push.
#[derive(Clone, Debug)]
pub struct PushConfig {
    /// Proves to push services who we are; browsers subscribe to its public half.
    pub key: VapidKey,
    /// Where a push service can write to: `mailto:` or `https:`.
    pub contact: String,
    /// Push services may be on this machine, and without TLS: for tests and development.
    pub allows_local: bool,
}

/// Who is woken.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub endpoint: Endpoint,
    pub keys: Keys,
}

/// What became of a note that a push service answered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Taken,
    /// There is no such subscription any more: forget it.
    Gone,
    /// It will not be taken, however often it is sent.
    Refused(u16),
}

/// Why a note was not sent. It names no address.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error("a note could not be sealed")]
    Seal(#[from] KeysFault),
    #[error("the push service was not reached")]
    Unreached(#[source] reqwest::Error),
    #[error("the push service answered {0}: later")]
    Later(u16),
}

/// Sends notes; cheap to clone.
#[derive(Clone)]
pub struct Pusher(Arc<Inner>);

struct Inner {
    config: PushConfig,
    client: Client,
}

impl Pusher {
    /// Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When there is no TLS to speak.
    pub fn new(config: PushConfig) -> Result<Self, reqwest::Error> {
        // No proxy: where a note goes is looked at here, and a proxy would look by itself.
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy();
        let client = if config.allows_local { client } else { client.dns_resolver(Arc::new(global::Resolver)) };
        Ok(Self(Arc::new(Inner { config, client: client.build()? })))
    }

    /// What browsers subscribe with (`applicationServerKey`): an uncompressed point in base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.0.config.key.public_text()
    }

    /// Reads what a browser calls its endpoint.
    ///
    /// # Errors
    ///
    /// When it is no address that we would go to.
    pub fn parse_endpoint(&self, text: &str) -> Result<Endpoint, EndpointFault> {
        Endpoint::parse(text, self.0.config.allows_local)
    }

    /// Hands a note of at most [`MAX_NOTE`] bytes to the browser's push service. A newer note of the same `topic` (at most 32 characters
    /// of base64url) takes the place of one that was not delivered yet.
    ///
    /// # Errors
    ///
    /// When it is worth another try later.
    pub async fn send(&self, to: &Subscription, topic: &str, note: &[u8]) -> Result<Outcome, PushError> {
        let Inner { config, client } = &*self.0;
        let sealed = seal::seal(&to.keys, note)?;
        let authority = config.key.authority(&to.endpoint.origin(), &config.contact)?;
        let request = client
            .post(to.endpoint.as_str())
            .header(header::AUTHORIZATION, authority)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header("ttl", KEPT)
            .header("urgency", "normal")
            .header("topic", topic)
            .body(sealed);
        let status = request.send().await.map_err(|error| PushError::Unreached(error.without_url()))?.status();
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Outcome::Gone),
            status if status.is_success() => Ok(Outcome::Taken),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(PushError::Later(status.as_u16())),
            status if status.is_server_error() => Err(PushError::Later(status.as_u16())),
            status => Ok(Outcome::Refused(status.as_u16())),
        }
    }
}
