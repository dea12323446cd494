//! The engine: graphile_worker, whose queue is in Postgres.

use std::time::Duration;

use balloond_database::parse_url;
use balloond_shared::backoff::backoff_ms;
use graphile_worker::{
    Cron, Database, Schema, Worker, WorkerContext, WorkerOptions, WorkerUtils, tokio_postgres::TokioPostgresDatabase,
};
use tokio::{sync::watch, time::timeout};

use super::{delete_ended_sessions::DeleteEndedSessions, delete_photo_objects::DeletePhotoObjects};
use crate::{Config, Error, Result, Services};

/// Jobs at the same time: they wait for others more than they compute.
const CONCURRENCY: usize = 4;
/// One connection a job, one to fetch them.
const CONNECTIONS: usize = CONCURRENCY + 1;
/// For jobs that are scheduled, and for notifications that got lost.
const POLL: Duration = Duration::from_secs(5);
/// What a running job gets to end; longer, and it is tried again elsewhere.
const GRACE: Duration = Duration::from_secs(6);
/// A worker that was not heard of for so long died, and its jobs are tried again.
const DEAD_AFTER: Duration = Duration::from_secs(5 * 60);

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

/// Does the jobs that are due now, then returns.
///
/// # Errors
///
/// When the database is away or refuses. A job that fails is no error: it is tried again.
pub async fn run_due(services: &Services, config: &Config) -> Result<()> {
    let (_stop, stopped) = watch::channel(false);
    let worker = worker(services, &config.database.url, stopped).await.map_err(Error::internal)?;
    worker.run_once().await.map_err(Error::internal)
}

async fn work(services: &Services, url: &str, stopped: watch::Receiver<bool>) -> Result<(), BoxError> {
    Ok(worker(services, url, stopped).await?.run().await?)
}

async fn worker(services: &Services, url: &str, mut stopped: watch::Receiver<bool>) -> Result<Worker, BoxError> {
    let worker = WorkerOptions::default()
        .database(connect(url, CONNECTIONS)?)
        .concurrency(CONCURRENCY)
        .poll_interval(POLL)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE)
        .sweep_threshold(DEAD_AFTER)
        .shutdown_signal(async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .add_extension(services.clone())
        .define_job::<DeletePhotoObjects>()
        .define_job::<DeleteEndedSessions>()
        .with_cron(Cron::daily_at::<DeleteEndedSessions>(3, 40)?)
        .init()
        .await?;
    Ok(worker)
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
