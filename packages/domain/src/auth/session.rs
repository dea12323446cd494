//! Opening a session, and what a freshly signed-in client is told.

use std::time::Duration;

use balloond_database::{AsyncPgConnection, QueryResult, account};
use balloond_shared::{SessionId, UserId, auth::SignedIn};
use chrono::{DateTime, TimeDelta, Utc};

use super::{ACCESS_TOKEN_LIFE, Client, Holder, Viewer, refresh_token::RefreshToken};
use crate::{Result, Services, profile};

/// A session ends when it was not refreshed for so long; so long does a browser keep its cookies.
pub const SESSION_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A session ends after so long in any case.
const LONGEST_SESSION: TimeDelta = TimeDelta::days(180);

/// As many characters of a `User-Agent` as are kept.
const MAX_USER_AGENT: usize = 512;

/// When a session that is used `now` ends.
pub(super) fn expires_at(created_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    (now + SESSION_LIFE).min(created_at + LONGEST_SESSION)
}

/// Opens a session. Belongs in a transaction.
pub(super) async fn open(
    conn: &mut AsyncPgConnection,
    user: UserId,
    client: &Client,
    refresh_token: &RefreshToken,
) -> QueryResult<Viewer> {
    let now = Utc::now();
    let session = account::NewSession {
        id: SessionId::new(),
        user_id: user,
        address: &client.address.to_canonical().to_string(),
        user_agent: &client.user_agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect::<String>(),
        created_at: now,
        last_seen_at: now,
        expires_at: expires_at(now, now),
    };
    account::open_session(conn, &session, &refresh_token.hash()).await?;
    Ok(Viewer { user, session: session.id })
}

/// The answer of everything that signs in.
pub(super) async fn signed_in(services: &Services, viewer: Viewer, refresh_token: &RefreshToken) -> Result<SignedIn> {
    let user = profile::me(services, viewer).await?;
    Ok(SignedIn {
        // Whoever suspends somebody ends their sessions: a token from before opens nothing any more.
        token: services.tokens.issue(Holder { viewer, is_suspended: user.suspended })?,
        expires_in: ACCESS_TOKEN_LIFE.as_secs(),
        refresh_token: refresh_token.expose(),
        user,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_slides_by_30_days_and_ends_after_180() {
        let created = Utc::now();
        let after = |days| expires_at(created, created + TimeDelta::days(days)) - created;
        assert_eq!(after(0), TimeDelta::days(30));
        assert_eq!(after(20), TimeDelta::days(50));
        assert_eq!(after(170), TimeDelta::days(180));
    }
}
