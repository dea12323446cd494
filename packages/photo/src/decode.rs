//! Reading what a stranger sent: the header before anything else, and never more memory than a photo needs.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, metadata::Orientation};

use crate::{PhotoError, complete::is_complete};

const MAX_SIDE: u32 = 8192;
const MAX_PIXELS: u64 = 25_000_000;
/// What a decoder may allocate: the most pixels there can be at their widest (four channels of 16 bits), and some room.
const MAX_BYTES: u64 = MAX_PIXELS * 8 + 32 * 1024 * 1024;

pub(crate) struct Decoded {
    pub(crate) image: DynamicImage,
    /// What has to be done to see it upright.
    pub(crate) orientation: Orientation,
    /// The colours' meaning, where the file says so.
    pub(crate) icc_profile: Option<Vec<u8>>,
}

pub(crate) fn decode(upload: &[u8]) -> Result<Decoded, PhotoError> {
    let format = match image::guess_format(upload) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => format,
        _ => return Err(PhotoError::NotAPhoto),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoError::TooManyPixels);
    }
    if !is_complete(upload, format) {
        return Err(PhotoError::Damaged);
    }
    // Metadata that cannot be read is as good as none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc_profile = decoder.icc_profile().unwrap_or_default();
    Ok(Decoded { image: DynamicImage::from_decoder(decoder)?, orientation, icc_profile })
}

impl From<ImageError> for PhotoError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            ImageError::Unsupported(_) => Self::NotAPhoto,
            _ => Self::Damaged,
        }
    }
}
