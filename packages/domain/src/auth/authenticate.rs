use balloond_shared::{ErrorCode, auth::SignedIn};

use super::{Viewer, refresh};
use crate::{Result, Services};

/// Whose an access token is, and whether it opens but the few things that stay a suspended person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub viewer: Viewer,
    pub is_suspended: bool,
}

impl Holder {
    /// `Suspended` for whoever is.
    pub fn at_large(self) -> Result<Viewer> {
        if self.is_suspended { Err(ErrorCode::Suspended.into()) } else { Ok(self.viewer) }
    }
}

/// Who holds this access token. No I/O: a revoked session is known from the event feed. `Suspended` for a token of somebody who
/// is: what asks this way is closed to them.
pub fn authenticate(services: &Services, access_token: &str) -> Result<Viewer> {
    holder(services, access_token)?.at_large()
}

/// The same, suspended or not.
pub fn holder(services: &Services, access_token: &str) -> Result<Holder> {
    services.cache.stay_awake();
    services.tokens.authenticate(access_token)
}

/// Who holds these cookies: by the access token, else by rotating the refresh token, whose successor is to be set then.
#[tracing::instrument(name = "auth.resume", level = "trace", skip_all)]
pub async fn resume(
    services: &Services,
    access_token: Option<&str>,
    refresh_token: Option<&str>,
) -> Result<(Holder, Option<SignedIn>)> {
    if let Some(Ok(holder)) = access_token.map(|token| holder(services, token)) {
        return Ok((holder, None));
    }
    let signed_in = refresh(services, refresh_token.ok_or(ErrorCode::Unauthenticated)?).await?;
    Ok((holder(services, &signed_in.token)?, Some(signed_in)))
}
