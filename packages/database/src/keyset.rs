//! Keyset pagination: every list is ordered by one id, newest first, and a cursor is the id at which the page before ended.

use balloond_shared::{Cursor, Page};
use uuid::Uuid;

/// Where a page begins and how long it is.
#[derive(Clone, Copy, Debug)]
pub struct Keyset {
    /// Only what comes after this id, in descending order.
    pub after: Option<Uuid>,
    pub limit: i64,
}

/// A text that no page gave out as a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct BadCursor;

impl Keyset {
    /// Reads a cursor as [`Keyset::page`] made it.
    pub fn parse(cursor: Option<&str>, limit: i64) -> Result<Self, BadCursor> {
        let after = cursor.map(|cursor| Uuid::try_parse(cursor).map_err(|_| BadCursor)).transpose()?;
        Ok(Self { after, limit })
    }

    /// How many rows to ask for: one more than fits tells whether there is a next page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// Makes the page of `rows`, asked for with [`Keyset::rows`].
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> Uuid) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| Cursor(key(last).simple().to_string()));
        Page { items: rows, next }
    }
}
