//! Photos as others see them.

use serde::{Deserialize, Serialize};

use crate::{PhotoId, error::FieldErrors};

/// Photos a profile at most.
pub const MAX_PHOTOS: usize = 6;
/// Bytes of an upload at most: 10 MiB.
pub const MAX_PHOTO_BYTES: usize = 10 * 1024 * 1024;

/// Where the three sizes of a photo are: WebP, longer side 160, 640 and 1600 px at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhotoUrls {
    pub thumb: String,
    pub small: String,
    pub large: String,
}

/// A photo: decoded, stripped of all metadata and encoded anew by us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Photo {
    pub id: PhotoId,
    pub urls: PhotoUrls,
    /// Pixels of the largest size.
    pub width: i32,
    pub height: i32,
    /// A `data:` URL of a few bytes, shown until the photo is there.
    pub placeholder: String,
}

/// `PUT /me/photos/order`: all of one's photos in their new order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhotoOrder {
    pub photos: Vec<PhotoId>,
}

impl PhotoOrder {
    /// Fits when it names each of `current` once.
    pub fn parse(self, current: &[PhotoId]) -> Result<Vec<PhotoId>, FieldErrors> {
        let sorted = |ids: &[PhotoId]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        if sorted(&self.photos) == sorted(current) {
            return Ok(self.photos);
        }
        Err(FieldErrors::one("photos", "not_allowed", "Name each of your photos once."))
    }
}
