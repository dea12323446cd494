//! Suspending somebody, and lifting it. A suspended person logs in to see why and until when, to appeal, to take their data along and
//! to leave, and to nothing else; they are in no list, and what they floated is taken back.

use balloond_database::{AsyncConnection, AsyncPgConnection, account, api_token, moderation};
use balloond_shared::{
    BalloonId, ErrorCode, SessionId, SuspensionId, UserId,
    event::ServerEvent,
    moderation::{Suspend, WithReason},
    staff::{Deed, StaffRole},
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::{
    Staff,
    audit::{Entry, note},
};
use crate::{Error, Result, Services, realtime, services::run_to_end};

/// The end of what has none: the last second that Postgres and chrono write alike.
const NO_END: i64 = 253_402_300_799;

/// Suspends somebody, for some days or without an end; their sessions, sockets and programs' tokens end at once. `Forbidden` for
/// oneself and for those with a role; `Stale` when they are suspended; `NotFound`.
#[tracing::instrument(name = "staff.suspend", level = "trace", skip_all)]
pub async fn suspend(services: &Services, staff: Staff, user: UserId, request: &Suspend) -> Result<()> {
    let (reason, days) = request.parse()?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let now = Utc::now().trunc_subsecs(6);
        let ends_at = days.map(|days| now + TimeDelta::days(days));
        let transaction = conn.transaction(async |conn| {
            if is_suspended(&lock(conn, staff, user).await?, now) {
                return Err(Error::from(ErrorCode::Stale));
            }
            let new = moderation::NewSuspension {
                id: SuspensionId::new(),
                user_id: user,
                by_id: staff.viewer.user,
                reason: reason.as_str(),
                began_at: now,
                ends_at,
            };
            moderation::insert_suspension(conn, &new).await?;
            moderation::set_suspended(conn, user, ends_at.or_else(|| DateTime::from_timestamp(NO_END, 0))).await?;
            let details =
                ends_at.map_or_else(|| "without an end".to_owned(), |at| format!("until {}", at.format("%-d %B %Y")));
            let entry = Entry {
                by: Some(staff),
                about: Some(user),
                deed: Deed::Suspended,
                details: &details,
                reason: reason.as_str(),
            };
            note(conn, entry).await?;
            let balloons = moderation::withdraw_balloons(conn, user, now).await?;
            Ok((end_all(conn, user, now).await?, balloons))
        });
        let (sessions, balloons): (Vec<SessionId>, Vec<(BalloonId, UserId)>) = transaction.await?;
        drop(conn);
        for session in sessions {
            realtime::tell_session_revoked(&services, session).await;
        }
        for (balloon, to) in balloons {
            realtime::tell_user(&services, to, &ServerEvent::BalloonGone { balloon }).await;
        }
        Ok(())
    })
    .await
}

/// Lifts a suspension. `Stale` when there is none; `NotFound`.
#[tracing::instrument(name = "staff.lift", level = "trace", skip_all)]
pub async fn lift(services: &Services, staff: Staff, user: UserId, request: &WithReason) -> Result<()> {
    let reason = request.parse()?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            moderation::lock(conn, user).await?.ok_or(ErrorCode::NotFound)?;
            let now = Utc::now();
            let current = moderation::current(conn, user, now).await?.ok_or(ErrorCode::Stale)?;
            undo(conn, user, current.id, now).await?;
            let entry = Entry {
                by: Some(staff),
                about: Some(user),
                deed: Deed::SuspensionLifted,
                details: "",
                reason: reason.as_str(),
            };
            note(conn, entry).await
        })
        .await
    })
    .await
}

/// Ends all sessions and programs' tokens of somebody. `Forbidden` for moderators, oneself, and those with a role.
#[tracing::instrument(name = "staff.end_sessions", level = "trace", skip_all)]
pub async fn end_sessions(services: &Services, staff: Staff, user: UserId, request: &WithReason) -> Result<()> {
    staff.require(StaffRole::Administrator)?;
    let reason = request.parse()?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            lock(conn, staff, user).await?;
            let entry = Entry {
                by: Some(staff),
                about: Some(user),
                deed: Deed::SessionsEnded,
                details: "",
                reason: reason.as_str(),
            };
            note(conn, entry).await?;
            end_all(conn, user, Utc::now()).await
        });
        let sessions = transaction.await?;
        drop(conn);
        for session in sessions {
            realtime::tell_session_revoked(&services, session).await;
        }
        Ok(())
    })
    .await
}

/// Nobody decides about themselves, and about those with a role only whoever gives roles does.
pub(super) async fn lock(conn: &mut AsyncPgConnection, staff: Staff, user: UserId) -> Result<moderation::Locked> {
    let person = moderation::lock(conn, user).await?.ok_or(ErrorCode::NotFound)?;
    if person.role.is_some() || user == staff.viewer.user {
        return Err(ErrorCode::Forbidden.into());
    }
    Ok(person)
}

/// Takes a suspension away, as from `now`.
pub(super) async fn undo(
    conn: &mut AsyncPgConnection,
    user: UserId,
    suspension: SuspensionId,
    now: DateTime<Utc>,
) -> Result<()> {
    moderation::lift(conn, suspension, now).await?;
    moderation::set_suspended(conn, user, None).await?;
    Ok(())
}

fn is_suspended(person: &moderation::Locked, now: DateTime<Utc>) -> bool {
    person.suspended_until.is_some_and(|until| until > now)
}

async fn end_all(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let mut ended = account::revoke_others(conn, user, None, now).await?;
    ended.extend(api_token::revoke_all(conn, user, now).await?);
    Ok(ended)
}
