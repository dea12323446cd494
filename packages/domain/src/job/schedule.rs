//! What recurs: a table remembers when each was enqueued last, so that it happens once for however many workers there are, and
//! once when nobody worked for a week.

use std::time::Duration;

use balloond_database::job;
use graphile_worker::TaskHandler;
use tokio::{sync::watch, time::timeout};

use super::mail::DeleteUnverified;
use super::make_export::DeleteExpiredExports;
use super::reseal_secrets::ResealSecrets;
use super::roll_up_page_views::RollUpPageViews;
use super::{
    delete_ended_sessions::DeleteEndedSessions, delete_faded_balloons::DeleteFadedBalloons,
    delete_idempotency_keys::DeleteIdempotencyKeys, delete_old_reports::DeleteOldReports,
    delete_orphaned_objects::DeleteOrphanedObjects, digest::EnqueueDigests,
};
use crate::{Result, Services};

const HOUR: i32 = 60 * 60;
const DAY: i32 = 24 * 60 * 60;

/// Each with the seconds between two of its runs.
const SCHEDULES: [(&str, i32); 10] = [
    (DeleteEndedSessions::IDENTIFIER, DAY),
    (DeleteFadedBalloons::IDENTIFIER, DAY),
    (DeleteIdempotencyKeys::IDENTIFIER, HOUR),
    (DeleteOldReports::IDENTIFIER, DAY),
    (DeleteExpiredExports::IDENTIFIER, HOUR),
    (DeleteUnverified::IDENTIFIER, HOUR),
    (ResealSecrets::IDENTIFIER, DAY),
    (RollUpPageViews::IDENTIFIER, HOUR),
    // Each person at most once a day, at the hour at which they are due.
    (EnqueueDigests::IDENTIFIER, HOUR),
    // Lists the whole bucket, which object stores charge for.
    (DeleteOrphanedObjects::IDENTIFIER, 7 * DAY),
];

/// How often a worker looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Enqueues what is due.
pub(super) async fn enqueue_due(services: &Services) -> Result<()> {
    let (tasks, seconds): (Vec<_>, Vec<_>) = SCHEDULES.into_iter().unzip();
    let mut conn = services.database.primary().await?;
    let count = job::enqueue_due(&mut conn, &tasks, &seconds).await?;
    if count > 0 {
        tracing::info!(count, "recurring jobs enqueued");
    }
    Ok(())
}

/// Does so again and again until `stopped`.
pub(super) async fn keep(services: Services, mut stopped: watch::Receiver<bool>) {
    loop {
        if let Err(error) = enqueue_due(&services).await {
            tracing::warn!(%error, "recurring jobs could not be enqueued");
        }
        let wait = LOOK_EVERY.mul_f64(1.0 + 0.2 * rand::random::<f64>());
        if timeout(wait, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
            return;
        }
    }
}
