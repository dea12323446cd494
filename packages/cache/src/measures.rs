//! What the cache tells of itself.

use balloond_metrics::{Counter, Page, label};

use crate::Cache;

/// How reads ended.
#[derive(Debug, Default)]
pub(crate) struct Measures {
    pub(crate) hits: Counter,
    pub(crate) misses: Counter,
    /// Another caller of this process was loading the same.
    pub(crate) shared: Counter,
    /// Loaded without Redis, and not stored.
    pub(crate) unstored: Counter,
}

impl Cache {
    /// Writes how reads ended, and how many commands that took.
    pub fn measure(&self, page: &mut Page) {
        let Measures { hits, misses, shared, unstored } = &self.0.measures;
        let reads = [("hit", hits), ("miss", misses), ("shared", shared), ("unstored", unstored)];
        page.counter(
            "balloond_cache_reads_total",
            "Reads through the cache: found, loaded, loaded with another caller, loaded without Redis.",
            reads.map(|(outcome, count)| (label("outcome", outcome), count.get())),
        );
        let (commands, failures) = self.0.connections.counts();
        page.counter("balloond_redis_commands_total", "Commands sent to Redis.", [(String::new(), commands)]);
        page.counter("balloond_redis_failures_total", "Commands that Redis failed.", [(String::new(), failures)]);
    }
}
