//! Faults, told to a service that speaks Sentry's protocol: what was logged as an error, and panics. Scrubbed of everything
//! that is somebody's own, and few at a time. Without a DSN nothing of this runs.

mod dsn;
mod event;
mod layer;
mod panic;
mod scrub;
mod sender;

pub use dsn::Dsn;
pub use layer::Faults;
pub use panic::log_panics;
pub use scrub::scrub;
pub use sender::Handle;

/// What every fault says about where it happened.
#[derive(Clone, Debug)]
pub struct Source {
    /// `api`, `web`, `worker`.
    pub process: &'static str,
    pub release: String,
    /// `production`, `staging`, …
    pub environment: String,
}

/// Begins to report: the layer goes into the subscriber, the handle waits for the last reports at the end. Needs a Tokio runtime.
#[must_use]
pub fn start(dsn: &Dsn, source: Source) -> (Faults, Handle) {
    let (queue, handle) = sender::start(dsn);
    (Faults::new(source, queue), handle)
}
