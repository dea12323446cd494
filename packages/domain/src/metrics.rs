//! What a process tells of itself on its own port (`METRICS_ADDR`).

use balloond_database::job::{self, Backlog};
use balloond_metrics::{Page, http, label, process};

use crate::{Result, Services};

/// What every process has: requests, pools, the cache, and what the kernel knows.
pub fn measure(services: &Services, page: &mut Page) {
    process::measure(page, env!("CARGO_PKG_VERSION"));
    http::measure(page);
    services.database.measure(page);
    services.cache.measure(page);
}

/// The jobs' backlog, asked of the database. While that is away nothing is told, and an alert on its absence says so.
pub async fn measure_jobs(services: &Services, page: &mut Page) {
    match backlog(services).await {
        Ok(backlog) => write(&backlog, page),
        Err(error) => tracing::warn!(%error, "the jobs' backlog is not known"),
    }
}

async fn backlog(services: &Services) -> Result<Vec<Backlog>> {
    Ok(job::backlog(&mut *services.database.primary().await?).await?)
}

fn write(backlog: &[Backlog], page: &mut Page) {
    let states = backlog.iter().flat_map(|it| {
        [("due", it.due), ("running", it.running), ("waiting", it.waiting), ("dead", it.dead)]
            .map(|(state, count)| (format!("{},{}", label("task", &it.task), label("state", state)), count))
    });
    page.gauge("balloond_jobs", "Background jobs by kind and state; dead ones are tried no more.", states);
    let lateness = backlog.iter().map(|it| it.lateness).fold(0.0, f64::max);
    page.gauge("balloond_job_lateness_seconds", "How late the latest job is.", [(String::new(), lateness)]);
}
