use balloond_shared::{ErrorCode, auth::SignedIn};

use super::{Viewer, refresh};
use crate::{Result, Services};

/// Who holds this access token. No I/O: a revoked session is known from the event feed.
pub fn authenticate(services: &Services, access_token: &str) -> Result<Viewer> {
    services.cache.stay_awake();
    services.tokens.authenticate(access_token)
}

/// Who holds these cookies: by the access token, else by rotating the refresh token, whose successor is to be set then.
pub async fn resume(
    services: &Services,
    access_token: Option<&str>,
    refresh_token: Option<&str>,
) -> Result<(Viewer, Option<SignedIn>)> {
    if let Some(Ok(viewer)) = access_token.map(|token| authenticate(services, token)) {
        return Ok((viewer, None));
    }
    let signed_in = refresh(services, refresh_token.ok_or(ErrorCode::Unauthenticated)?).await?;
    Ok((authenticate(services, &signed_in.token)?, Some(signed_in)))
}
