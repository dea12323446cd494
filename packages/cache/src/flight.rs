//! Single flight: of all callers in this process that miss the same key at once, one loads and the others wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::watch;

#[derive(Clone)]
pub(crate) enum Progress {
    Loading,
    Loaded(Bytes),
    Failed,
}

#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Arc<str>, watch::Receiver<Progress>>>);

pub(crate) enum Seat<'a> {
    Leader(Leader<'a>),
    /// Sees the sender dropped when the leader was cancelled.
    Follower(watch::Receiver<Progress>),
}

pub(crate) struct Leader<'a> {
    flights: &'a Flights,
    key: Arc<str>,
    progress: watch::Sender<Progress>,
}

impl Flights {
    pub(crate) fn board(&self, key: &str) -> Seat<'_> {
        let mut flights = self.lock();
        if let Some(progress) = flights.get(key) {
            return Seat::Follower(progress.clone());
        }
        let key: Arc<str> = key.into();
        let (progress, followers) = watch::channel(Progress::Loading);
        flights.insert(Arc::clone(&key), followers);
        Seat::Leader(Leader { flights: self, key, progress })
    }

    /// Whoever comes from now on loads anew: a load under way may have read what is no longer so.
    pub(crate) fn ground(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, watch::Receiver<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader<'_> {
    pub(crate) fn land(self, value: Bytes) {
        self.progress.send_replace(Progress::Loaded(value));
    }

    /// The followers load by themselves, all at once: one after the other, the last would wait for as many failures.
    pub(crate) fn fail(self) {
        self.progress.send_replace(Progress::Failed);
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        if flights.get(&self.key).is_some_and(|current| current.same_channel(&self.progress.subscribe())) {
            flights.remove(&self.key);
        }
    }
}
