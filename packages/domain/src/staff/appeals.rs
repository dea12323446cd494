//! What somebody says against their suspension, and what comes of it.

use balloond_database::{AsyncConnection, AsyncPgConnection, moderation};
use balloond_shared::{
    ErrorCode, SuspensionId,
    moderation::{Appeal, DecideAppeal, MakeAppeal, Suspension, SuspensionCase},
    staff::{Deed, Named},
};
use chrono::{SubsecRound, Utc};

use super::{
    Staff,
    audit::{Entry, note},
    suspend::undo,
};
use crate::{Error, Result, Services, Viewer, services::run_to_end};

/// Why and until when the viewer is suspended. `NotFound` when they are not.
#[tracing::instrument(name = "staff.suspension", level = "trace", skip_all)]
pub async fn suspension(services: &Services, viewer: Viewer) -> Result<Suspension> {
    let mut conn = services.database.primary().await?;
    let row = moderation::current(&mut conn, viewer.user, Utc::now()).await?.ok_or(ErrorCode::NotFound)?;
    Ok(present(row).suspension)
}

/// Says something against it, once a suspension. `Stale` the second time; `NotFound` when the viewer is not suspended.
#[tracing::instrument(name = "staff.appeal", level = "trace", skip_all)]
pub async fn appeal(services: &Services, viewer: Viewer, request: &MakeAppeal) -> Result<Suspension> {
    let words = request.parse()?;
    let task = services.clone();
    run_to_end(async move {
        let mut conn = task.database.primary().await?;
        let now = Utc::now().trunc_subsecs(6);
        let current = moderation::current(&mut conn, viewer.user, now).await?.ok_or(ErrorCode::NotFound)?;
        if !moderation::appeal(&mut conn, current.id, words.as_str(), now).await? {
            return Err(ErrorCode::Stale.into());
        }
        Ok(())
    })
    .await?;
    suspension(services, viewer).await
}

/// The appeals that wait, the oldest first.
#[tracing::instrument(name = "staff.appeals", level = "trace", skip_all)]
pub async fn appeals(services: &Services, _staff: Staff) -> Result<Vec<SuspensionCase>> {
    let mut conn = services.database.primary().await?;
    Ok(moderation::appeals(&mut conn, Utc::now()).await?.into_iter().map(present).collect())
}

/// Decides an appeal; granting it lifts the suspension. `Forbidden` for whoever suspended, where somebody else could decide; `Stale` when it is decided;
/// `NotFound`.
#[tracing::instrument(name = "staff.decide", level = "trace", skip_all)]
pub async fn decide(services: &Services, staff: Staff, id: SuspensionId, request: &DecideAppeal) -> Result<()> {
    let (words, is_granted) = (request.parse()?, request.grant);
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let row = moderation::suspension(conn, id).await?.ok_or(ErrorCode::NotFound)?;
            moderation::lock(conn, row.user_id).await?.ok_or(ErrorCode::NotFound)?;
            require_another(conn, staff, &row).await?;
            let now = Utc::now();
            let is_in_force = moderation::current(conn, row.user_id, now).await?.is_some_and(|it| it.id == id);
            if !is_in_force || !moderation::decide(conn, id, staff.viewer.user, is_granted, words.as_str(), now).await?
            {
                return Err(Error::from(ErrorCode::Stale));
            }
            if is_granted {
                undo(conn, row.user_id, id, now).await?;
            }
            let deed = if is_granted { Deed::AppealGranted } else { Deed::AppealDenied };
            note(conn, Entry { by: Some(staff), about: Some(row.user_id), deed, details: "", reason: words.as_str() })
                .await
        })
        .await
    })
    .await
}

async fn require_another(conn: &mut AsyncPgConnection, staff: Staff, row: &moderation::Suspension) -> Result<()> {
    let own = row.by_id == staff.viewer.user;
    if own && moderation::has_colleague(conn, staff.viewer.user).await? {
        return Err(ErrorCode::Forbidden.into());
    }
    Ok(())
}

pub(super) fn present(row: moderation::Suspension) -> SuspensionCase {
    let appeal = row.appeal.zip(row.appealed_at);
    let appeal = appeal.map(|(words, made_at)| Appeal { words, made_at, granted: row.is_granted, note: row.note });
    SuspensionCase {
        id: row.id,
        person: Named { id: row.user_id, name: row.user_name },
        by: Named { id: row.by_id, name: row.by_name },
        suspension: Suspension { reason: row.reason, began_at: row.began_at, ends_at: row.ends_at, appeal },
        lifted_at: row.lifted_at,
    }
}
