//! Who wrote a moment ago, and therefore reads from where it was written.

use std::time::Duration;

use uuid::Uuid;

use crate::{Cache, CacheError, VERSION};

fn key(person: Uuid) -> String {
    format!("{VERSION}:wrote:{person}")
}

impl Cache {
    /// Remembers for a while that this person wrote.
    ///
    /// # Errors
    ///
    /// When Redis did not take it.
    pub async fn note_write(&self, person: Uuid, lasts: Duration) -> Result<(), CacheError> {
        let milliseconds = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX);
        self.0.connections.query(redis::cmd("SET").arg(key(person)).arg("").arg("PX").arg(milliseconds)).await
    }

    /// Whether this person wrote within that while.
    ///
    /// # Errors
    ///
    /// When Redis does not answer: then it is not known.
    pub async fn wrote_lately(&self, person: Uuid) -> Result<bool, CacheError> {
        self.0.connections.query(redis::cmd("EXISTS").arg(key(person))).await
    }
}
