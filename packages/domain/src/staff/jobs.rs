//! The background jobs, as administrators see them.

use balloond_database::{AsyncConnection, job};
use balloond_shared::{
    FieldErrors,
    staff::{DeadJob, Deed, JobQueue, Jobs, Retried, RetryJobs, StaffRole},
};

use super::{
    Staff,
    audit::{Entry, note},
};
use crate::{Error, Result, Services, job::dead, services::run_to_end};

/// Jobs that are retried by number at once.
const MOST: usize = 200;

/// The dead jobs, and how many there are of each kind. `Forbidden` for moderators.
#[tracing::instrument(name = "staff.jobs", level = "trace", skip_all)]
pub async fn jobs(services: &Services, staff: Staff) -> Result<Jobs> {
    staff.require(StaffRole::Administrator)?;
    let rows = dead(services).await?;
    let backlog = job::backlog(&mut *services.database.primary().await?).await?;
    let dead = rows.into_iter().map(|row| DeadJob {
        id: row.id,
        task: row.task,
        attempts: row.attempts,
        // What a mail server or a store says may name people.
        last_error: balloond_faults::scrub(&row.last_error.unwrap_or_default()),
        failed_at: row.failed_at,
    });
    let queues = backlog.into_iter().map(|it| JobQueue {
        task: it.task,
        due: it.due,
        running: it.running,
        waiting: it.waiting,
        dead: it.dead,
        lateness: it.lateness,
    });
    Ok(Jobs { dead: dead.collect(), queues: queues.collect() })
}

/// Has dead jobs tried again, with all their attempts. `Forbidden` for moderators; `Invalid` (field `ids`) without any.
#[tracing::instrument(name = "staff.retry_jobs", level = "trace", skip_all)]
pub async fn retry_jobs(services: &Services, staff: Staff, request: &RetryJobs) -> Result<Retried> {
    staff.require(StaffRole::Administrator)?;
    let RetryJobs { ids, all } = request.clone();
    if !all && ids.is_empty() {
        return Err(FieldErrors::one("ids", "required", "Say which jobs.").into());
    }
    if ids.len() > MOST {
        return Err(FieldErrors::one("ids", "too_many", format!("{MOST} jobs at once are the most.")).into());
    }
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let count = job::revive(conn, &ids, all).await?;
            let details = format!("{count} of them");
            note(conn, Entry { by: Some(staff), about: None, deed: Deed::JobsRetried, details: &details, reason: "" })
                .await?;
            Ok::<_, Error>(Retried { count })
        })
        .await
    })
    .await
}
