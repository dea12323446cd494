//! Erasing an account: in one transaction it is gone for everybody, then a job removes what is left.

use balloond_database::{AsyncConnection, AsyncPgConnection, leaving, user};
use balloond_shared::{
    ErasureId, ErrorCode, PhotoId, UserId,
    event::ServerEvent,
    leaving::{EraseAccount, Erasure, Removed},
};
use chrono::Utc;

use crate::{
    Error, Result, Services, Viewer,
    auth::require_password,
    chat,
    job::{self, Job},
    limits, profile, realtime,
    services::run_to_end,
};

/// Erases the viewer's account: gone at once for everybody. What others received in a chat stays, as from a deleted account.
/// `Invalid` (field `password`) when the password is wrong. It cannot be taken back.
#[tracing::instrument(name = "leaving.erase", level = "trace", skip_all)]
pub async fn erase(services: &Services, viewer: Viewer, request: &EraseAccount) -> Result<Erasure> {
    require_password(services, viewer.user, "password", &request.password).await?;
    let (services, user) = (services.clone(), viewer.user);
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let gone = conn.transaction(async |conn| remove(conn, user).await).await?;
        drop(conn);
        gone.tell(&services, user).await
    })
    .await
}

/// Somebody who is gone, and not told of yet.
pub(crate) struct Gone {
    scrubbed: leaving::Scrubbed,
    receipt: leaving::Erasure,
}

/// Takes somebody away and opens the receipt; in a transaction.
pub(crate) async fn remove(conn: &mut AsyncPgConnection, user: UserId) -> Result<Gone> {
    user::lock(conn, &[user]).await?;
    let now = Utc::now();
    let scrubbed = leaving::scrub(conn, user, now).await?;
    let removed = Removed {
        photos: scrubbed.photos.len(),
        balloons: scrubbed.balloons.len(),
        blocks: scrubbed.blocks,
        ..Removed::default()
    };
    let receipt = leaving::Erasure {
        id: ErasureId::new(),
        requested_at: now,
        finished_at: None,
        removed: serde_json::to_value(removed).map_err(Error::internal)?,
    };
    leaving::open_receipt(conn, &receipt).await?;
    let photos = scrubbed.photos.clone();
    job::enqueue(conn, &Job::EraseAccount { user, receipt: Some(receipt.id), photos }).await?;
    Ok(Gone { scrubbed, receipt })
}

impl Gone {
    /// After the commit.
    pub(crate) async fn tell(self, services: &Services, user: UserId) -> Result<Erasure> {
        tell(services, user, self.scrubbed).await;
        present(self.receipt)
    }
}

/// The same for an account that waited for its code in vain, and without a receipt; nothing, if it was verified meanwhile.
pub(crate) async fn erase_unverified(services: &Services, user: UserId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            if user::lock(conn, &[user]).await?.iter().any(|locked| locked.verified_at.is_some()) {
                return Ok(leaving::Scrubbed::default());
            }
            let gone = leaving::scrub(conn, user, Utc::now()).await?;
            job::enqueue(conn, &Job::EraseAccount { user, receipt: None, photos: gone.photos.clone() }).await?;
            Ok::<_, Error>(gone)
        });
        let gone = transaction.await?;
        drop(conn);
        tell(&services, user, gone).await;
        Ok(())
    })
    .await
}

async fn tell(services: &Services, user: UserId, gone: leaving::Scrubbed) {
    profile::forget(services, user).await;
    for session in gone.sessions {
        realtime::tell_session_revoked(services, session).await;
    }
    for (balloon, to) in gone.balloons {
        realtime::tell_user(services, to, &ServerEvent::BalloonGone { balloon }).await;
    }
}

/// What was removed, for whoever has the receipt's id.
#[tracing::instrument(name = "leaving.receipt", level = "trace", skip_all)]
pub async fn receipt(services: &Services, id: ErasureId) -> Result<Erasure> {
    let mut conn = services.database.primary().await?;
    present(leaving::receipt(&mut conn, id).await?.ok_or(ErrorCode::NotFound)?)
}

/// Removes files, keys and rows that nobody but the person could see, and closes the receipt, unless the CDN has copies of `photos` to
/// forget. May be repeated.
pub(crate) async fn finish(
    services: &Services,
    user: UserId,
    receipt: Option<ErasureId>,
    photos: Vec<PhotoId>,
) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let reports = leaving::reports_by(&mut conn, user).await?;
    let exports = leaving::exports_of(&mut conn, user).await?;
    drop(conn);
    services.storage.delete_user(user).await?;
    let chat_photos = chat::erase_photos(services, user).await?;
    chat::erase_reactions(services, user).await?;
    for report in reports {
        services.storage.delete_evidence(report).await?;
    }
    for export in exports {
        services.storage.delete_export(export).await?;
    }
    profile::forget(services, user).await;
    limits::forget(services, user).await;
    let mut conn = services.database.primary().await?;
    let has_copies = services.storage.has_edge() && !photos.is_empty();
    conn.transaction(async |conn| {
        let open = match receipt {
            Some(id) => Some(leaving::receipt(conn, id).await?.ok_or(ErrorCode::NotFound)?),
            None => None,
        };
        if open.as_ref().is_some_and(|receipt| receipt.finished_at.is_some()) {
            return Ok(());
        }
        let swept = leaving::sweep(conn, user).await?;
        // On its own from here on: a CDN that refuses holds up nothing but its copies.
        if has_copies {
            job::enqueue(conn, &Job::ForgetPhotos { user, photos: photos.clone(), receipt }).await?;
        }
        let Some(receipt) = open else { return Ok(()) };
        let known: Removed = serde_json::from_value(receipt.removed).map_err(Error::internal)?;
        // Repeated, there is less to remove than there was.
        let removed = Removed {
            chat_photos: known.chat_photos.max(chat_photos),
            sessions: known.sessions.max(swept.sessions),
            reports: known.reports.max(swept.reports),
            exports: known.exports.max(swept.exports),
            ..known
        };
        note(conn, receipt.id, removed, !has_copies).await
    })
    .await
}

/// Has the CDN forget the photos, whose files are gone, and closes the receipt. May be repeated.
pub(crate) async fn finish_forgetting(
    services: &Services,
    user: UserId,
    photos: &[PhotoId],
    receipt: Option<ErasureId>,
) -> Result<()> {
    let addresses = services.storage.forget_photos(user, photos).await?;
    let Some(id) = receipt else { return Ok(()) };
    let mut conn = services.database.primary().await?;
    let receipt = leaving::receipt(&mut conn, id).await?.ok_or(ErrorCode::NotFound)?;
    let known: Removed = serde_json::from_value(receipt.removed).map_err(Error::internal)?;
    note(&mut conn, id, Removed { addresses, ..known }, true).await
}

async fn note(conn: &mut AsyncPgConnection, id: ErasureId, removed: Removed, is_all: bool) -> Result<()> {
    let removed = serde_json::to_value(removed).map_err(Error::internal)?;
    leaving::note_removed(conn, id, &removed, is_all.then(Utc::now)).await?;
    Ok(())
}

fn present(row: leaving::Erasure) -> Result<Erasure> {
    Ok(Erasure {
        id: row.id,
        requested_at: row.requested_at,
        finished_at: row.finished_at,
        removed: serde_json::from_value(row.removed).map_err(Error::internal)?,
    })
}
