//! How often the pages are seen, and how quick they are: counts by day and page pattern, of nobody. A process adds up in memory
//! and appends to the database every few seconds, if there is something.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use balloond_database::page_view::{self, Counted};
use balloond_shared::page_view::{PageView, step};
use chrono::{Days, NaiveDate, Utc};
use tokio::{sync::Notify, time::sleep};

use crate::{Client, Result, Services, limits};

/// How long counts are kept, days.
pub const KEPT_DAYS: u64 = 400;
/// The name of the count of views, beside those of the vitals.
pub(crate) const VIEWS: &str = "views";
/// How long something waits for more.
const FLUSH_AFTER: Duration = Duration::from_secs(5);
/// Kinds of values that are held at once: all steps of the most seen pages. Past it new ones are not counted.
const MOST: usize = 4000;

/// Day, page pattern, metric and step.
type Kind = (NaiveDate, String, &'static str, i32);

/// What this process counted and did not write yet.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Held>);

#[derive(Default)]
struct Held {
    counts: Mutex<HashMap<Kind, i64>>,
    arrived: Notify,
}

impl Seen {
    fn add(&self, counts: impl IntoIterator<Item = (Kind, i64)>) {
        let mut held = self.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, count) in counts {
            if held.len() < MOST || held.contains_key(&kind) {
                *held.entry(kind).or_default() += count;
            }
        }
        drop(held);
        self.0.arrived.notify_one();
    }

    fn take(&self) -> HashMap<Kind, i64> {
        mem::take(&mut *self.0.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Counts that a page was seen. `RateLimited` when one address tells of too many.
pub fn count(services: &Services, client: &Client, view: &PageView) -> Result<()> {
    limits::check_here(services, &limits::VIEW_BY_ADDRESS, &limits::address(client.address))?;
    let today = Utc::now().date_naive();
    let kind = |metric, up_to| ((today, view.route.clone(), metric, up_to), 1);
    let vitals = view.vitals.iter().map(|(vital, value)| kind(vital.name(), step(*value)));
    services.seen.add(vitals.chain([kind(VIEWS, 0)]));
    Ok(())
}

/// Writes what was counted; asks the database nothing when that is nothing. What could not be written is held for the next time: a
/// connection that is lost as it commits may count a few views twice.
pub async fn flush(services: &Services) -> Result<usize> {
    let taken = services.seen.take();
    if taken.is_empty() {
        return Ok(0);
    }
    let batch = taken.iter().map(|((day, route, metric, up_to), count)| Counted {
        day: *day,
        route: route.clone(),
        metric: (*metric).to_owned(),
        up_to: *up_to,
        count: *count,
    });
    let written = append(services, &batch.collect::<Vec<_>>()).await;
    if written.is_err() {
        services.seen.add(taken);
    }
    written
}

async fn append(services: &Services, batch: &[Counted]) -> Result<usize> {
    Ok(page_view::append(&mut *services.database.primary().await?, batch).await?)
}

/// Flushes a few seconds after something came, again and again; sleeps as long as nothing does.
pub async fn keep(services: Services) {
    loop {
        services.seen.0.arrived.notified().await;
        sleep(FLUSH_AFTER).await;
        if let Err(error) = flush(&services).await {
            tracing::warn!(%error, "page views could not be written yet");
        }
    }
}

/// Adds up what the processes wrote, and forgets what is old.
pub(crate) async fn roll_up(services: &Services) -> Result<()> {
    let oldest = Utc::now().date_naive() - Days::new(KEPT_DAYS);
    let mut conn = services.database.primary().await?;
    page_view::roll_up(&mut conn).await?;
    page_view::delete_before(&mut conn, oldest).await?;
    Ok(())
}
