//! Logs: readable ones for people, JSON for machines. What is logged as an error is reported as well, where a service for that
//! is configured; and traces, the same.

use std::{sync::OnceLock, time::Duration};

use balloond_faults::{Faults, Handle, Source};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

use crate::{
    Config,
    config::{LogConfig, LogFormat, TracesConfig},
};

/// Crates whose `info` is about themselves, and not about what the service does.
const QUIET: &str = "graphile_worker=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,s3=warn,tokio_postgres=warn,actix_server=warn,h2=warn";

/// How long the last reports and spans get when a process ends.
const FLUSH: Duration = Duration::from_secs(2);

static STARTED: OnceLock<Started> = OnceLock::new();

/// What there is to wait for at the end.
struct Started {
    reports: Option<Handle>,
    spans: Option<balloond_traces::Handle>,
}

/// A filter at `level`, with the noisy libraries turned down.
pub(crate) fn filter_for(level: &str) -> String {
    match level {
        "info" => format!("info,{QUIET}"),
        level => level.to_owned(),
    }
}

/// Starts logging to standard error, reporting and tracing; once a process, later calls change nothing. `process` names it in
/// reports. Needs a Tokio runtime.
pub fn init(config: &Config, process: &'static str) {
    STARTED.get_or_init(|| {
        let (faults, reports) =
            config.faults.as_ref().map(|dsn| balloond_faults::start(dsn, source(config, process))).unzip();
        let traces =
            config.traces.as_ref().map(|to| balloond_traces::start(&to.collector, traced(config, to, process)));
        let (traces, failure) = match traces.transpose() {
            Ok(traces) => (traces, None),
            Err(failure) => (None, Some(failure)),
        };
        let (traces, spans) = traces.unzip();
        // Another subscriber may be there already, in a test for one; then that one keeps it.
        let _ = match traces {
            Some(traces) => traced_subscriber(&config.log, faults, traces).try_init(),
            None => subscriber(&config.log, faults).try_init(),
        };
        if spans.is_some() {
            balloond_database::trace_statements();
        }
        if let Some(failure) = failure {
            tracing::error!(error = %failure, "nothing is traced");
        }
        balloond_faults::log_panics();
        Started { reports, spans }
    });
}

/// Waits until the last faults are reported and the last spans sent, for two seconds at most. For the end of a process.
pub async fn flush() {
    let Some(Started { reports, spans }) = STARTED.get() else { return };
    let reported = async {
        if let Some(reports) = reports {
            reports.flush(FLUSH).await;
        }
    };
    let sent = async {
        if let Some(spans) = spans {
            spans.flush(FLUSH).await;
        }
    };
    tokio::join!(reported, sent);
}

fn release() -> String {
    format!("balloond@{}", option_env!("BALLOOND_RELEASE").unwrap_or(env!("CARGO_PKG_VERSION")))
}

fn source(config: &Config, process: &'static str) -> Source {
    Source { process, release: release(), environment: config.environment.clone() }
}

fn traced(config: &Config, to: &TracesConfig, process: &str) -> balloond_traces::Source {
    let service = to.service.clone().unwrap_or_else(|| format!("balloond-{process}"));
    balloond_traces::Source { service, release: release(), environment: config.environment.clone() }
}

/// The filter was checked when the configuration was read.
fn filter(config: &LogConfig) -> EnvFilter {
    EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"))
}

fn subscriber(config: &LogConfig, faults: Option<Faults>) -> impl SubscriberInitExt {
    tracing_subscriber::registry().with(lines(config.format)).with(faults).with(filter(config))
}

/// What is traced is no matter of the log's level, so each layer has a filter of its own, which costs every event a little more.
fn traced_subscriber(
    config: &LogConfig,
    faults: Option<Faults>,
    traces: impl Layer<Registry> + Send + Sync,
) -> impl SubscriberInitExt {
    tracing_subscriber::registry()
        .with(traces)
        .with(lines(config.format).with_filter(filter(config)))
        .with(faults.with_filter(filter(config)))
}

fn lines<S: Subscriber + for<'a> LookupSpan<'a>>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync> {
    let lines = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.with_target(false).compact().boxed(),
    }
}
