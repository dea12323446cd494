//! Invalidations that Redis did not take: until it does, this process must not believe what it has stored there.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Keys remembered at most. Past it the values' time to live has to do.
const CAPACITY: usize = 100_000;

#[derive(Default)]
pub(crate) struct Owed {
    /// How often each key was owed: paying a debt must not clear one that was made meanwhile.
    keys: Mutex<HashMap<String, u64>>,
    /// Spares the usual read, when nothing is owed, the lock.
    any: AtomicBool,
}

impl Owed {
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.any.load(Ordering::Acquire) && self.lock().contains_key(key)
    }

    /// Whether it is the first one owed, and somebody has to begin paying.
    pub(crate) fn add(&self, key: &str) -> bool {
        let mut keys = self.lock();
        if keys.len() >= CAPACITY {
            tracing::error!("too many invalidations wait for Redis; stale values may be served until they expire");
            return false;
        }
        *keys.entry(key.to_owned()).or_default() += 1;
        !self.any.swap(true, Ordering::AcqRel)
    }

    /// One of the keys owed, and its count for [`Owed::paid`].
    pub(crate) fn next(&self) -> Option<(String, u64)> {
        let keys = self.lock();
        let next = keys.iter().next().map(|(key, count)| (key.clone(), *count));
        if next.is_none() {
            self.any.store(false, Ordering::Release);
        }
        next
    }

    pub(crate) fn paid(&self, key: &str, count: u64) {
        let mut keys = self.lock();
        if keys.get(key) == Some(&count) {
            keys.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
