//! What the sockets tell of themselves.

use std::time::Duration;

use balloond_metrics::{Counter, Gauge, Histogram, Page};
use balloond_shared::chat::Message;
use chrono::Utc;

use super::Feed;

/// Open sockets of this process.
pub(super) static SOCKETS: Gauge = Gauge::new();
/// Readers that were too slow and lost what waited for them.
pub(super) static BACKLOGS_LOST: Counter = Counter::new();
static EVENTS: Counter = Counter::new();
static LAG: Histogram = Histogram::new();

/// An event came over the feed.
pub(super) fn heard() {
    EVENTS.count();
}

/// A message came over the feed, and tells when it was stored, by the database's clock. A changed one does not.
pub(super) fn heard_message(message: &Message) {
    if message.seq == message.changed_seq {
        let lag = Utc::now().signed_duration_since(message.sent_at);
        LAG.observe(lag.to_std().unwrap_or(Duration::ZERO));
    }
}

/// Writes them.
pub fn measure(feed: &Feed, page: &mut Page) {
    let bare = |value| [(String::new(), value)];
    page.gauge("balloond_sockets", "Open sockets.", bare(SOCKETS.get()));
    let is_up = i64::from(!feed.is_down());
    page.gauge("balloond_feed_up", "Whether events of other processes are heard.", bare(is_up));
    page.counter("balloond_feed_events_total", "Events heard over the feed.", [(String::new(), EVENTS.get())]);
    page.histogram(
        "balloond_fanout_lag_seconds",
        "From a message's storing to its being passed to the sockets here.",
        [(String::new(), &LAG)],
    );
    let lost = BACKLOGS_LOST.get();
    page.counter("balloond_backlogs_lost_total", "Slow readers told to fetch.", [(String::new(), lost)]);
}
