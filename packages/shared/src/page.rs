//! Keyset pages: `{items, next}`, where `next` is an opaque cursor to the page after.

use serde::{Deserialize, Serialize};

/// Items a page when nothing is asked for.
pub const DEFAULT_LIMIT: i64 = 24;
/// Items a page at most.
pub const MAX_LIMIT: i64 = 100;

/// Where the next page begins; opaque to clients. Made and read by the database's keyset queries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor` for the page after; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Reads a `limit`: 1 to [`MAX_LIMIT`], [`DEFAULT_LIMIT`] when absent; out of range is brought into it.
#[must_use]
pub fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}
