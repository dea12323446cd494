//! Logs: readable ones for people, JSON for machines.

use std::sync::OnceLock;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogConfig, LogFormat};

/// Crates whose `info` is about themselves, and not about what the service does.
const QUIET: &str = "graphile_worker=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,s3=warn,tokio_postgres=warn,actix_server=warn,h2=warn";

static STARTED: OnceLock<()> = OnceLock::new();

/// A filter at `level`, with the noisy libraries turned down.
pub(crate) fn filter_for(level: &str) -> String {
    match level {
        "info" => format!("info,{QUIET}"),
        level => level.to_owned(),
    }
}

/// Starts logging to standard error; once a process, later calls change nothing.
pub fn init(config: &LogConfig) {
    STARTED.get_or_init(|| {
        // The filter was checked when the configuration was read.
        let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
        let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // Another subscriber may be there already, in a test for one; then that one keeps it.
        let _ = match config.format {
            LogFormat::Json => {
                builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
            }
            LogFormat::Pretty => builder.with_target(false).compact().try_init(),
        };
    });
}
