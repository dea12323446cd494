//! From the bytes of an upload to the files that are stored: decoded within bounds, upright, in sRGB, stripped of
//! everything but the pixels, and encoded anew. The bytes that came are not kept.
//!
//! A crate of its own so that it is optimised while developing: unoptimised, a phone's photo takes ten seconds.

mod complete;
mod decode;
mod encode;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use balloond_shared::photo::MAX_PHOTO_BYTES;
use bytes::Bytes;
use tokio::{sync::Semaphore, task, time::timeout};

/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Works on a bounded number of photos at once, off the async threads; cheap to clone. One takes 110 MB for a phone's
/// 24 megapixels, and 350 MB at worst (25 megapixels of 16 bits with alpha).
#[derive(Clone)]
pub struct PhotoPipeline {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// What is stored of a photo. The files are WebP; their longer sides have 160, 640 and 1600 pixels, or less where the
/// upload has less.
#[derive(Debug)]
pub struct ProcessedPhoto {
    /// Pixels of `large`.
    pub width: u32,
    pub height: u32,
    /// A `data:` URL of a WebP of at most 16 pixels a side.
    pub placeholder: String,
    pub thumb: Vec<u8>,
    pub small: Vec<u8>,
    pub large: Vec<u8>,
}

/// Why an upload is not taken; each says so in a sentence for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("A photo can be at most 10 MiB.")]
    TooLarge,
    #[error("This is not a photo we can read. Use a JPEG, PNG or WebP file.")]
    NotAPhoto,
    #[error("A photo can have at most 25 megapixels, and 8192 pixels a side.")]
    TooManyPixels,
    #[error("This photo is damaged or incomplete.")]
    Damaged,
    /// Not the photo's fault: worth another try.
    #[error("We are busy with other photos. Try again in a moment.")]
    Busy,
}

impl PhotoPipeline {
    /// A pipeline that works on `at_once` photos at the same time, on as many threads.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once.max(1))), patience: PATIENCE }
    }

    /// Makes an upload into what is stored. What it is told from its own first bytes: neither a file name nor a stated
    /// type is believed. Of an animation the first picture is taken.
    ///
    /// # Errors
    ///
    /// See [`PhotoError`]; nothing is left behind.
    pub async fn process(&self, upload: Bytes) -> Result<ProcessedPhoto, PhotoError> {
        if upload.len() > MAX_PHOTO_BYTES {
            return Err(PhotoError::TooLarge);
        }
        let waiting = timeout(self.patience, Arc::clone(&self.places).acquire_owned());
        let Ok(Ok(place)) = waiting.await else { return Err(PhotoError::Busy) };
        // The place goes with the work, which ends even when nobody waits for it any more.
        let work = task::spawn_blocking(move || {
            let _place = place;
            encode::encode(decode::decode(&upload)?)
        });
        work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a photo's decoder panicked");
            Err(PhotoError::Damaged)
        })
    }
}
