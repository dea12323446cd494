//! The devices on which somebody is signed in.

use balloond_database::account;
use balloond_shared::{ErrorCode, SessionId, session::Session};
use chrono::Utc;

use super::{Viewer, device};
use crate::{Result, Services, realtime, services::run_to_end};

/// More devices than anybody has.
pub(crate) const MOST_SESSIONS: i64 = 100;

/// The viewer's open sessions, this one first, then the one used last.
#[tracing::instrument(name = "auth.sessions", level = "trace", skip_all)]
pub async fn sessions(services: &Services, viewer: Viewer) -> Result<Vec<Session>> {
    let mut conn = services.database.primary().await?;
    let rows = account::open_sessions(&mut conn, viewer.user, Utc::now(), MOST_SESSIONS).await?;
    let mut sessions: Vec<_> = rows.into_iter().map(|row| present_device(row, Some(viewer.session))).collect();
    sessions.sort_by_key(|session| !session.current);
    Ok(sessions)
}

/// `current`: the session that asks.
pub(crate) fn present_device(row: account::Device, current: Option<SessionId>) -> Session {
    Session {
        id: row.id,
        device: device::name(&row.user_agent),
        place: device::place(&row.address),
        began_at: row.created_at,
        seen_at: row.last_seen_at,
        current: current == Some(row.id),
    }
}

/// Ends one of the viewer's sessions, at once and everywhere. `NotFound` when it is somebody else's.
#[tracing::instrument(name = "auth.end_session", level = "trace", skip_all)]
pub async fn end_session(services: &Services, viewer: Viewer, session: SessionId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        if !account::revoke_own(&mut conn, viewer.user, session, Utc::now()).await? {
            return Err(ErrorCode::NotFound.into());
        }
        drop(conn);
        realtime::tell_session_revoked(&services, session).await;
        Ok(())
    })
    .await
}

/// Ends all of the viewer's sessions but this one, at once and everywhere.
#[tracing::instrument(name = "auth.end_other_sessions", level = "trace", skip_all)]
pub async fn end_other_sessions(services: &Services, viewer: Viewer) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let ended = account::revoke_others(&mut conn, viewer.user, Some(viewer.session), Utc::now()).await?;
        drop(conn);
        for session in ended {
            realtime::tell_session_revoked(&services, session).await;
        }
        Ok(())
    })
    .await
}
