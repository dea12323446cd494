//! Pictures to upload.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Rgb, RgbImage};

/// A JPEG of `width` × `height` pixels with something to see.
#[must_use]
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encode(picture(width, height), ImageFormat::Jpeg)
}

/// A PNG of the same.
#[must_use]
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encode(picture(width, height), ImageFormat::Png)
}

/// A PNG of a few kilobytes that is 36 megapixels once it is decoded.
#[must_use]
pub fn bomb() -> Vec<u8> {
    encode(GrayImage::new(6000, 6000), ImageFormat::Png)
}

/// What claims to be a photo and is none, each with what it is.
#[must_use]
pub fn impostors() -> Vec<(&'static str, Vec<u8>)> {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>"#;
    let (jpeg, png) = (jpeg(640, 480), png(640, 480));
    let half = |photo: &[u8]| photo.iter().copied().take(photo.len() / 2).collect::<Vec<_>>();
    vec![
        ("an SVG", svg.to_vec()),
        ("a page", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("a page after a GIF's first bytes", b"GIF89a<script>alert(1)</script>".to_vec()),
        ("the first half of a JPEG", half(&jpeg)),
        ("the first half of a PNG", half(&png)),
        ("a bomb", bomb()),
        ("a text", b"not a photo".to_vec()),
    ]
}

fn picture(width: u32, height: u32) -> RgbImage {
    let shade = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap_or(255);
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 128]))
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    #[expect(clippy::expect_used, reason = "writing to memory does not fail")]
    picture.into().write_to(&mut bytes, format).expect("a picture in memory can be encoded");
    bytes.into_inner()
}
