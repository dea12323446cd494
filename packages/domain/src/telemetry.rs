//! Logs: readable ones for people, JSON for machines. What is logged as an error is reported as well, where a service for that
//! is configured.

use std::{sync::OnceLock, time::Duration};

use balloond_faults::{Faults, Handle, Source};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    Config,
    config::{LogConfig, LogFormat},
};

/// Crates whose `info` is about themselves, and not about what the service does.
const QUIET: &str = "graphile_worker=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,s3=warn,tokio_postgres=warn,actix_server=warn,h2=warn";

/// How long the last reports get when a process ends.
const FLUSH: Duration = Duration::from_secs(2);

static STARTED: OnceLock<Option<Handle>> = OnceLock::new();

/// A filter at `level`, with the noisy libraries turned down.
pub(crate) fn filter_for(level: &str) -> String {
    match level {
        "info" => format!("info,{QUIET}"),
        level => level.to_owned(),
    }
}

/// Starts logging to standard error, and reporting; once a process, later calls change nothing. `process` names it in reports.
/// Needs a Tokio runtime.
pub fn init(config: &Config, process: &'static str) {
    STARTED.get_or_init(|| {
        let (faults, handle) =
            config.faults.as_ref().map(|dsn| balloond_faults::start(dsn, source(config, process))).unzip();
        // Another subscriber may be there already, in a test for one; then that one keeps it.
        let _ = subscriber(&config.log, faults).try_init();
        balloond_faults::log_panics();
        handle
    });
}

/// Waits until the last faults are reported, for two seconds at most. For the end of a process.
pub async fn flush() {
    if let Some(Some(handle)) = STARTED.get() {
        handle.flush(FLUSH).await;
    }
}

fn source(config: &Config, process: &'static str) -> Source {
    let release = option_env!("BALLOOND_RELEASE").unwrap_or(env!("CARGO_PKG_VERSION"));
    Source { process, release: format!("balloond@{release}"), environment: config.environment.clone() }
}

fn subscriber(config: &LogConfig, faults: Option<Faults>) -> impl SubscriberInitExt {
    // The filter was checked when the configuration was read.
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::registry().with(lines(config.format)).with(faults).with(filter)
}

fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.with_target(false).compact().boxed(),
    }
}
