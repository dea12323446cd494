use balloond_database::{AsyncConnection, AsyncPgConnection, QueryError, QueryResult, account};
use balloond_shared::{ErrorCode, SessionId, auth::SignedIn};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Viewer, refresh_token::RefreshToken, session};
use crate::{Result, Services, limits, realtime, services::run_to_end};

/// A token that comes again within this time comes from another tab, or from a client that missed the answer; later, from a
/// thief or the one who was robbed (RFC 9700, 4.14.2).
const GRACE: TimeDelta = TimeDelta::seconds(30);

enum Rotation {
    Rotated(Viewer),
    Unknown,
    /// The session was ended for it.
    Replayed(SessionId),
}

/// Exchanges a refresh token for the next pair. `Unauthenticated` when it is unknown, expired or revoked.
#[tracing::instrument(name = "auth.refresh", level = "trace", skip_all)]
pub async fn refresh(services: &Services, refresh_token: &str) -> Result<SignedIn> {
    let (viewer, next) = rotate(services, refresh_token).await?;
    session::signed_in(services, viewer, &next).await
}

async fn rotate(services: &Services, presented: &str) -> Result<(Viewer, RefreshToken)> {
    let token = RefreshToken::parse(presented).ok_or(ErrorCode::Unauthenticated)?;
    limits::check(services, &limits::REFRESH_BY_TOKEN, &limits::secret(presented)).await?;
    let next = services.tokens.successor(&token);
    match run_to_end(transact(services.clone(), token.hash(), next.hash())).await? {
        Rotation::Rotated(viewer) => Ok((viewer, next)),
        Rotation::Unknown => Err(ErrorCode::Unauthenticated.into()),
        Rotation::Replayed(session) => {
            tracing::warn!(%session, "a refresh token was replayed; its session ended");
            realtime::tell_session_revoked(services, session).await;
            Err(ErrorCode::Unauthenticated.into())
        }
    }
}

async fn transact(services: Services, token: account::TokenHash, next: account::TokenHash) -> Result<Rotation> {
    let mut conn = services.database.primary().await?;
    Ok(conn.transaction::<_, QueryError, _>(async |conn| exchange(conn, &token, &next, Utc::now()).await).await?)
}

async fn exchange(
    conn: &mut AsyncPgConnection,
    token: &account::TokenHash,
    next: &account::TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Rotation> {
    let Some((session, replaced_at)) = account::lock_by_token(conn, token).await? else { return Ok(Rotation::Unknown) };
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Ok(Rotation::Unknown);
    }
    match replaced_at {
        None => {
            account::rotate(conn, session.id, token, next, now, session::expires_at(session.created_at, now)).await?
        }
        Some(replaced_at) if now - replaced_at <= GRACE => {}
        Some(_) => {
            account::revoke(conn, session.id, now).await?;
            return Ok(Rotation::Replayed(session.id));
        }
    }
    Ok(Rotation::Rotated(Viewer { user: session.user_id, session: session.id }))
}
