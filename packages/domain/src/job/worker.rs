//! The engine: graphile_worker, whose queue is in Postgres.

use std::time::Duration;

use balloond_database::{job, parse_url};
use balloond_shared::backoff::backoff_ms;
use graphile_worker::{
    Database, FailureReason, JobRecovery, JobRecoveryResult, Schema, TaskHandler, Worker, WorkerContext, WorkerOptions,
    WorkerUtils, tokio_postgres::TokioPostgresDatabase,
};
use serde::Serialize;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use super::{
    call::{CallMembers, CallReceiver, Push, PushBalloon},
    delete_chat_photo::DeleteChatPhoto,
    delete_ended_sessions::DeleteEndedSessions,
    delete_faded_balloons::DeleteFadedBalloons,
    delete_idempotency_keys::DeleteIdempotencyKeys,
    delete_old_reports::DeleteOldReports,
    delete_orphaned_objects::DeleteOrphanedObjects,
    delete_photo_objects::DeletePhotoObjects,
    digest::{EnqueueDigests, MailDigest},
    erase_account::EraseAccount,
    forget_photos::ForgetPhotos,
    mail::{DeleteUnverified, MailChange, MailReset, MailVerification},
    make_export::{DeleteExpiredExports, MakeExport},
    reseal_secrets::ResealSecrets,
    roll_up_page_views::RollUpPageViews,
    schedule,
    traced::Traced,
};
use crate::{Config, Error, Result, Services};

/// Jobs at the same time: they wait for others more than they compute.
const CONCURRENCY: usize = 4;
/// One connection a job, one to fetch them.
const CONNECTIONS: usize = CONCURRENCY + 1;
/// For jobs that are scheduled, and for notifications that got lost.
const POLL: Duration = Duration::from_secs(5);
/// What a running job gets to end; longer, and it is tried again elsewhere.
const GRACE: Duration = Duration::from_secs(6);
/// How often a worker says that it lives, and looks for those that do not.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// A worker that was not heard of for so long died, and its jobs are tried again.
const DEAD_AFTER: Duration = Duration::from_secs(60);
/// How often a drain looks whether something is left.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What this release can do. Jobs of another one wait for it.
macro_rules! jobs {
    ($($job:ident),+ $(,)?) => {
        const TASKS: &[&str] = &[$($job::IDENTIFIER),+];

        fn define(options: WorkerOptions) -> WorkerOptions {
            options$(.define_job::<Traced<$job>>())+
        }
    };
}

jobs!(
    CallMembers,
    Push,
    CallReceiver,
    PushBalloon,
    EnqueueDigests,
    MailDigest,
    MailVerification,
    MailReset,
    MailChange,
    ResealSecrets,
    RollUpPageViews,
    DeleteUnverified,
    EraseAccount,
    ForgetPhotos,
    MakeExport,
    DeleteExpiredExports,
    DeletePhotoObjects,
    DeleteChatPhoto,
    DeleteEndedSessions,
    DeleteFadedBalloons,
    DeleteIdempotencyKeys,
    DeleteOldReports,
    DeleteOrphanedObjects
);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The queue could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the job queue could not be made: {0}")]
pub struct InstallError(#[source] BoxError);

/// Makes or updates the queue's tables; part of migrating.
///
/// # Errors
///
/// When the database is away or refuses.
pub async fn install(url: &str) -> Result<(), InstallError> {
    let database = connect(url, 1).map_err(InstallError)?;
    WorkerUtils::new(database, Schema::default()).migrate().await.map_err(|error| InstallError(error.into()))
}

/// Does jobs until `shutdown` resolves, and lets those that run end. With the database away it waits and comes back.
pub async fn run(services: &Services, config: &Config, shutdown: impl Future<Output = ()> + Send + 'static) {
    let (stop, mut stopped) = watch::channel(false);
    tokio::spawn(async move {
        shutdown.await;
        stop.send_replace(true);
    });
    tokio::spawn(schedule::keep(services.clone(), stopped.clone()));
    let mut failures = 0;
    loop {
        tracing::info!("the worker begins");
        match work(services, &config.database.url, stopped.clone()).await {
            Ok(()) => failures = 0,
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, failures, "the worker failed");
            }
        }
        let wait = Duration::from_millis(backoff_ms(failures, rand::random()).into());
        if timeout(wait, stopped.wait_for(|stopped| *stopped)).await.is_ok() {
            tracing::info!("the worker ended");
            return;
        }
    }
}

/// What a drain left.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Drained {
    /// Jobs whose time has come and that are not done: the time was over, or another worker is at them.
    pub left: i64,
    /// Jobs that failed for good.
    pub dead: i64,
}

/// Enqueues what recurs, takes over from workers that died, and does what is due until nothing is left or `limit` is over: all
/// that a worker does, for those who run none.
///
/// # Errors
///
/// When the database is away or refuses. A job that fails is no error: it is tried again.
pub async fn drain(services: &Services, config: &Config, limit: Duration) -> Result<Drained> {
    schedule::enqueue_due(services).await?;
    let (stop, stopped) = watch::channel(false);
    let worker = worker(services, &config.database.url, stopped).await.map_err(Error::internal)?;
    let deadline = Instant::now() + limit;
    let watching = async {
        let drained = loop {
            match backlog(services).await {
                Ok(drained) if drained.left > 0 && Instant::now() < deadline => sleep(LOOK_EVERY).await,
                outcome => break outcome,
            }
        };
        stop.send_replace(true);
        drained
    };
    let (worked, drained) = tokio::join!(worker.run(), watching);
    worked.map_err(Error::internal)?;
    drained
}

async fn backlog(services: &Services) -> Result<Drained> {
    let backlog = job::backlog(&mut *services.database.primary().await?).await?;
    let ours = backlog.iter().filter(|it| TASKS.contains(&it.task.as_str()));
    Ok(Drained { left: ours.map(|it| it.due + it.running).sum(), dead: backlog.iter().map(|it| it.dead).sum() })
}

/// Does the jobs that are due now, then returns.
///
/// # Errors
///
/// As [`drain`].
pub async fn run_due(services: &Services, config: &Config) -> Result<()> {
    let (_stop, stopped) = watch::channel(false);
    let worker = worker(services, &config.database.url, stopped).await.map_err(Error::internal)?;
    worker.run_once().await.map_err(Error::internal)
}

async fn work(services: &Services, url: &str, stopped: watch::Receiver<bool>) -> Result<(), BoxError> {
    Ok(worker(services, url, stopped).await?.run().await?)
}

async fn worker(services: &Services, url: &str, mut stopped: watch::Receiver<bool>) -> Result<Worker, BoxError> {
    let options = WorkerOptions::default()
        .database(connect(url, CONNECTIONS)?)
        .concurrency(CONCURRENCY)
        .poll_interval(POLL)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE)
        .heartbeat_interval(HEARTBEAT)
        .sweep_interval(HEARTBEAT)
        .sweep_threshold(DEAD_AFTER)
        .recovery_delay(Duration::ZERO)
        .on(JobRecovery, |job| async move { after(job.reason) })
        .shutdown_signal(async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .add_extension(services.clone());
    Ok(define(options).init().await?)
}

/// What a worker was at when it died counts as tried: a job that kills whoever does it is given up in the end. What a worker gave
/// back as it went was not.
fn after(reason: FailureReason) -> JobRecoveryResult {
    match reason {
        FailureReason::WorkerCrashed => JobRecoveryResult::FailWithBackoff,
        _ => JobRecoveryResult::Default,
    }
}

fn connect(url: &str, connections: usize) -> Result<Database, BoxError> {
    Ok(TokioPostgresDatabase::from_config(parse_url(url)?, connections)?.into())
}

#[derive(Debug, thiserror::Error)]
#[error("a job runs without services")]
struct NoServices;

/// What a job stands on.
pub(super) fn services(context: &WorkerContext) -> Result<&Services> {
    context.get_ext().ok_or_else(|| Error::internal(NoServices))
}
