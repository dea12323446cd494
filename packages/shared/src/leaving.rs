//! Taking one's data along, and being forgotten.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ErasureId, ExportId};

/// Hours that an export is kept.
pub const EXPORT_HOURS: i64 = 24;

/// `DELETE /me`. It cannot be taken back.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EraseAccount {
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
}

/// The receipt: `GET /erasures/{id}`, for whoever has the id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erasure {
    pub id: ErasureId,
    /// From then on the account was gone for everybody.
    pub requested_at: DateTime<Utc>,
    /// From then on nothing was left; absent while files, or their copies at a CDN, are still being deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
    pub removed: Removed,
}

/// How much was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Removed {
    /// Each with all its sizes.
    pub photos: usize,
    /// Addresses of theirs that the CDN before the bucket forgot.
    pub addresses: usize,
    /// In chats, likewise; what was said to them stays.
    pub chat_photos: usize,
    pub balloons: usize,
    pub blocks: usize,
    pub sessions: usize,
    pub reports: usize,
    pub exports: usize,
}

/// A copy of all that is kept of you: `POST /me/export`, `GET /me/export`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Export {
    pub id: ExportId,
    pub requested_at: DateTime<Utc>,
    /// How far it is, 0 to 100.
    pub percent: i16,
    /// Then it is deleted.
    pub expires_at: DateTime<Utc>,
    /// Once it is done: where the file is, good for 15 minutes. Ask again for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
