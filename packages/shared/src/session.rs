//! The devices on which somebody is signed in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::SessionId;

/// A session as its owner sees it: `GET /me/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub id: SessionId,
    /// As the client told: `Firefox on Linux`.
    pub device: String,
    /// The network it began from, and no more of the address than that: `203.0.113.…`.
    pub place: String,
    pub began_at: DateTime<Utc>,
    /// To within ten minutes.
    pub seen_at: DateTime<Utc>,
    /// It is the one that asks.
    pub current: bool,
}
