//! What is put aside for a while, to be taken once.

use std::time::Duration;

use crate::{Cache, CacheError, VERSION};

fn key(name: &str) -> String {
    format!("{VERSION}:once:{name}")
}

impl Cache {
    /// Puts a value aside under a name that nobody guesses. It is gone when it was taken, and after `lasts`.
    ///
    /// # Errors
    ///
    /// When Redis did not take it.
    pub async fn put_aside(&self, name: &str, value: &[u8], lasts: Duration) -> Result<(), CacheError> {
        let milliseconds = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX);
        self.0.connections.query(redis::cmd("SET").arg(key(name)).arg(value).arg("PX").arg(milliseconds)).await
    }

    /// Takes it: whoever comes second finds nothing.
    ///
    /// # Errors
    ///
    /// When Redis does not answer.
    pub async fn take_aside(&self, name: &str) -> Result<Option<Vec<u8>>, CacheError> {
        self.0.connections.query(redis::cmd("GETDEL").arg(key(name))).await
    }
}
