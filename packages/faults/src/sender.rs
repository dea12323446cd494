//! One task that sends, so that nobody waits for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use reqwest::{Client, StatusCode, header::RETRY_AFTER};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};

use crate::Dsn;

/// Reports that wait at most.
const WAITING: usize = 64;
/// Reports a minute at most: what fails, fails often, and the first ones say why.
const A_MINUTE: u64 = 30;
const PATIENCE: Duration = Duration::from_secs(5);
/// When the service says that it was too much, and not for how long.
const TOO_MUCH: Duration = Duration::from_secs(60);

enum Item {
    Report(String),
    Flush(oneshot::Sender<()>),
}

/// Where the layer puts reports.
pub(crate) struct Queue {
    items: mpsc::Sender<Item>,
    began: Instant,
    /// The minute since `began` in the upper half, the reports in it in the lower.
    counted: AtomicU64,
    dropped: Arc<AtomicU64>,
}

impl Queue {
    /// Whether there is room for a report in this minute.
    pub(crate) fn admits(&self) -> bool {
        let minute = self.began.elapsed().as_secs() / 60;
        let next = |counted: u64| if counted >> 32 == minute { counted + 1 } else { (minute << 32) | 1 };
        let before = self.counted.fetch_update(Relaxed, Relaxed, |counted| Some(next(counted))).unwrap_or_default();
        let is_admitted = next(before) & u64::from(u32::MAX) <= A_MINUTE;
        if !is_admitted {
            self.drop_one();
        }
        is_admitted
    }

    pub(crate) fn drop_one(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    /// How many were not sent so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }

    pub(crate) fn send(&self, report: String) -> Result<(), mpsc::error::TrySendError<()>> {
        self.items.try_send(Item::Report(report)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => mpsc::error::TrySendError::Full(()),
            mpsc::error::TrySendError::Closed(_) => mpsc::error::TrySendError::Closed(()),
        })
    }
}

/// Waits for what is under way.
#[derive(Clone, Debug)]
pub struct Handle(mpsc::Sender<Item>);

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item")
    }
}

impl Handle {
    /// Returns when all reports so far are sent or given up, or `limit` is over.
    pub async fn flush(&self, limit: Duration) {
        let (done, is_done) = oneshot::channel();
        let flushing = async {
            if self.0.send(Item::Flush(done)).await.is_ok() {
                let _ = is_done.await;
            }
        };
        let _ = timeout(limit, flushing).await;
    }
}

pub(crate) fn start(dsn: &Dsn) -> (Queue, Handle) {
    let (items, inbox) = mpsc::channel(WAITING);
    tokio::spawn(deliver(dsn.clone(), inbox));
    let queue =
        Queue { items: items.clone(), began: Instant::now(), counted: AtomicU64::new(0), dropped: Arc::default() };
    (queue, Handle(items))
}

async fn deliver(dsn: Dsn, mut inbox: mpsc::Receiver<Item>) {
    let client = match Client::builder().timeout(PATIENCE).build() {
        Ok(client) => client,
        Err(error) => return tracing::warn!(%error, "faults cannot be reported"),
    };
    while let Some(item) = inbox.recv().await {
        match item {
            Item::Report(report) => {
                if let Some(pause) = post(&client, &dsn, report).await {
                    sleep(pause).await;
                }
            }
            Item::Flush(done) => drop(done.send(())),
        }
    }
}

/// Answers how long the service wants to be left alone. A report that does not arrive is in the log.
async fn post(client: &Client, dsn: &Dsn, report: String) -> Option<Duration> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let authority = format!(
        "Sentry sentry_version=7, sentry_client=balloond/{}, sentry_timestamp={now}, sentry_key={}",
        env!("CARGO_PKG_VERSION"),
        dsn.key
    );
    let request = client
        .post(&dsn.endpoint)
        .header("x-sentry-auth", authority)
        .header("content-type", "application/x-sentry-envelope")
        .body(report);
    match request.send().await {
        Ok(answer) if answer.status() == StatusCode::TOO_MANY_REQUESTS => {
            let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            Some(seconds.map_or(TOO_MUCH, Duration::from_secs))
        }
        Ok(answer) if !answer.status().is_success() => {
            tracing::warn!(status = answer.status().as_u16(), "a fault's report was refused");
            None
        }
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(error = %error.without_url(), "a fault's report did not arrive");
            None
        }
    }
}
