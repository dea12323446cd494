//! A circuit breaker: after a failure nobody waits for Redis (in a cluster, for that node), but for one caller now and then who tries.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// How long Redis is left alone after it failed.
const COOL_DOWN: Duration = Duration::from_millis(500);
const CLOSED: u64 = 0;

pub(crate) struct Breaker {
    /// Which node of a cluster this is about.
    node: Option<String>,
    started: Instant,
    /// Milliseconds since `started` before which nobody tries; [`CLOSED`] while all is well.
    open_until: AtomicU64,
}

impl Breaker {
    pub(crate) fn new(node: Option<String>) -> Self {
        Self { node, started: Instant::now(), open_until: AtomicU64::new(CLOSED) }
    }

    pub(crate) fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// Whether the caller may try. Once the cool-down is over that is one caller; the others wait for its outcome.
    pub(crate) fn admits(&self) -> bool {
        let open_until = self.open_until.load(Ordering::Relaxed);
        open_until == CLOSED
            || (self.now() >= open_until
                && self
                    .open_until
                    .compare_exchange(open_until, self.after_cool_down(), Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok())
    }

    pub(crate) fn succeeded(&self) {
        if self.open_until.load(Ordering::Relaxed) != CLOSED
            && self.open_until.swap(CLOSED, Ordering::Relaxed) != CLOSED
        {
            tracing::info!(node = self.node, "Redis is back");
        }
    }

    pub(crate) fn failed(&self, error: &redis::RedisError) {
        if self.open_until.swap(self.after_cool_down(), Ordering::Relaxed) == CLOSED {
            tracing::warn!(%error, node = self.node, "Redis is away");
        }
    }

    fn after_cool_down(&self) -> u64 {
        self.now() + as_millis(COOL_DOWN)
    }

    /// Never [`CLOSED`].
    fn now(&self) -> u64 {
        as_millis(self.started.elapsed()) + 1
    }
}

fn as_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}
