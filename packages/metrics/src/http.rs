//! How requests were answered: by method, route and status.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{Histogram, Page, label};

/// A route's pattern, a method, a status.
type Key = (String, &'static str, u16);

/// A route's answers of one method and status.
type Answers = (&'static str, u16, Arc<Histogram>);

/// All that were seen. They are few: patterns and statuses are ours, and methods are a handful and "other".
static SEEN: Mutex<BTreeMap<Key, Arc<Histogram>>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// A thread's own way to them: no lock is taken for what it has seen before.
    static KNOWN: RefCell<HashMap<String, Vec<Answers>>> = RefCell::default();
}

/// Counts an answer. `route` is the pattern that matched, never a path: paths are endless.
pub fn answered(method: &str, route: &str, status: u16, time: Duration) {
    let method = known_method(method);
    KNOWN.with_borrow_mut(|known| {
        let here = known.get(route).map(Vec::as_slice).unwrap_or_default();
        if let Some((.., times)) = here.iter().find(|(m, s, _)| *m == method && *s == status) {
            return times.observe(time);
        }
        let times = seen(route, method, status);
        times.observe(time);
        known.entry(route.to_owned()).or_default().push((method, status, times));
    });
}

fn seen(route: &str, method: &'static str, status: u16) -> Arc<Histogram> {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(seen.entry((route.to_owned(), method, status)).or_default())
}

fn known_method(method: &str) -> &'static str {
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.into_iter().find(|it| *it == method).unwrap_or("other")
}

/// Writes them.
pub fn measure(page: &mut Page) {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let labels = |(route, method, status): &Key| {
        [label("method", method), label("route", route), label("status", &status.to_string())].join(",")
    };
    page.histogram(
        "balloond_http_request_duration_seconds",
        "Answers by method, route and status, and how long they took.",
        seen.iter().map(|(key, times)| (labels(key), times.as_ref())),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_all_threads_are_one_family() {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| answered("GET", "/people/{id}", 200, Duration::from_millis(2)));
            }
        });
        answered("BREW", "none", 405, Duration::ZERO);
        let mut page = Page::default();
        measure(&mut page);
        let text = page.into_text();
        assert!(text.contains("_count{method=\"GET\",route=\"/people/{id}\",status=\"200\"} 2"), "{text}");
        assert!(text.contains("_count{method=\"other\",route=\"none\",status=\"405\"} 1"), "{text}");
        assert_eq!(text.matches("# TYPE").count(), 1);
    }
}
