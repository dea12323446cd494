//! Making the files that are stored: upright, in sRGB, in three sizes, with nothing in them but the picture.

use base64::{Engine, prelude::BASE64_STANDARD};
use image::{DynamicImage, imageops::FilterType};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::{PhotoError, ProcessedPhoto, decode::Decoded};

/// Pixels of the longer side at most.
const LARGE: u32 = 1600;
const SMALL: u32 = 640;
const THUMB: u32 = 160;
const PLACEHOLDER: u32 = 16;
/// Of 100: libwebp's scale. Beyond 80 files grow faster than what the eye sees.
const QUALITY: f32 = 80.0;
const PLACEHOLDER_QUALITY: f32 = 40.0;

pub(crate) fn encode(decoded: Decoded) -> Result<ProcessedPhoto, PhotoError> {
    let Decoded { image, orientation, icc_profile } = decoded;
    // Scaled first: turning, colours and the other sizes then cost a fraction.
    let mut large = scale(to_8_bits(image), LARGE);
    if let Some(profile) = icc_profile {
        convert_to_srgb(&mut large, &profile);
    }
    large.apply_orientation(orientation);
    let large = large;
    let small = scale(large.clone(), SMALL);
    let thumb = scale(small.clone(), THUMB);
    let placeholder = webp(&scale(thumb.clone(), PLACEHOLDER), PLACEHOLDER_QUALITY)?;
    Ok(ProcessedPhoto {
        width: large.width(),
        height: large.height(),
        placeholder: format!("data:image/webp;base64,{}", BASE64_STANDARD.encode(placeholder)),
        thumb: webp(&thumb, QUALITY)?,
        small: webp(&small, QUALITY)?,
        large: webp(&large, QUALITY)?,
    })
}

/// Down to `longer_side`, never up.
fn scale(image: DynamicImage, longer_side: u32) -> DynamicImage {
    let longer = image.width().max(image.height());
    if longer <= longer_side {
        return image;
    }
    let scaled = |side: u32| {
        let rounded = (u64::from(side) * u64::from(longer_side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(rounded).unwrap_or(longer_side).max(1)
    };
    let (width, height) = (scaled(image.width()), scaled(image.height()));
    // Averaged down to twice the size, which is fast; sharp from there on, which is not.
    let halfway = if longer > 4 * longer_side { image.thumbnail_exact(2 * width, 2 * height) } else { image };
    halfway.resize_exact(width, height, FilterType::Lanczos3)
}

fn to_8_bits(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() { image.into_rgba8().into() } else { image.into_rgb8().into() }
}

/// Phones take photos in wider colour spaces (Display P3, mostly); without their profile these would look pale.
/// A profile that cannot be used is dropped: the colours are then a little off.
fn convert_to_srgb(image: &mut DynamicImage, icc_profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(icc_profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let (layout, pixels): (_, &mut [u8]) = match image {
        DynamicImage::ImageRgb8(image) => (Layout::Rgb, image),
        DynamicImage::ImageRgba8(image) => (Layout::Rgba, image),
        _ => return,
    };
    let transform =
        profile.create_transform_8bit(layout, &ColorProfile::new_srgb(), layout, TransformOptions::default());
    let mut converted = vec![0; pixels.len()];
    if transform.is_ok_and(|transform| transform.transform(pixels, &mut converted).is_ok()) {
        pixels.copy_from_slice(&converted);
    }
}

fn webp(image: &DynamicImage, quality: f32) -> Result<Vec<u8>, PhotoError> {
    let (width, height) = (image.width(), image.height());
    let encoder = match image {
        DynamicImage::ImageRgb8(image) => webp::Encoder::from_rgb(image, width, height),
        DynamicImage::ImageRgba8(image) => webp::Encoder::from_rgba(image, width, height),
        _ => return Err(PhotoError::Damaged),
    };
    let encoded = encoder.encode_simple(false, quality).map_err(|error| {
        tracing::error!(?error, "a photo could not be encoded");
        PhotoError::Damaged
    })?;
    Ok(encoded.to_vec())
}
