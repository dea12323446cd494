use std::{io::Cursor, sync::LazyLock, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use image::{
    DynamicImage, GenericImageView, ImageEncoder, ImageFormat, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use moxcms::ColorProfile;
use proptest::prelude::*;

use crate::{PhotoError, PhotoPipeline, ProcessedPhoto, decode::decode, encode::encode};

const RED: [u8; 3] = [220, 20, 20];
const GREEN: [u8; 3] = [20, 200, 20];
const BLUE: [u8; 3] = [20, 20, 220];
const WHITE: [u8; 3] = [250, 250, 250];

fn process(upload: &[u8]) -> Result<ProcessedPhoto, PhotoError> {
    encode(decode(upload)?)
}

/// Red and green above, blue and white below.
fn quarters(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
    .into()
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn lossy_webp(image: &DynamicImage) -> Vec<u8> {
    let image = image.to_rgb8();
    webp::Encoder::from_rgb(&image, image.width(), image.height()).encode(80.0).to_vec()
}

fn files(image: &DynamicImage) -> [Vec<u8>; 4] {
    [file(image, ImageFormat::Jpeg), file(image, ImageFormat::Png), file(image, ImageFormat::WebP), lossy_webp(image)]
}

/// One valid file of each kind.
static FILES: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| files(&quarters(320, 200)));

fn open(webp: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(webp, ImageFormat::WebP).unwrap()
}

/// The colours in the middle of the four quarters, row by row.
fn colours(webp: &[u8]) -> [[u8; 3]; 4] {
    let image = open(webp).to_rgb8();
    let (width, height) = image.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| image.get_pixel(width * x / 4, height * y / 4).0)
}

#[track_caller]
fn assert_alike(seen: [[u8; 3]; 4], expected: [[u8; 3]; 4]) {
    for (seen, expected) in seen.iter().flatten().zip(expected.iter().flatten()) {
        assert!(seen.abs_diff(*expected) < 24, "{seen} is not about {expected}");
    }
}

/// A JPEG with a segment after its first marker.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// EXIF with nothing but an orientation (tag 0x0112, one SHORT).
fn exif(orientation: u8) -> Vec<u8> {
    let directory = [1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
    [&b"Exif\0\0II*\0\x08\0\0\0"[..], &directory].concat()
}

fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let checked = [&kind[..], content].concat();
    let crc = !checked.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], &checked, &crc.to_be_bytes()].concat()
}

/// A PNG that says it is so large, and has nothing else.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &png_chunk(b"IHDR", &header), &png_chunk(b"IDAT", &[0x78, 0x9C])].concat()
}

#[test]
fn every_kind_becomes_three_sizes_and_a_placeholder() {
    for upload in files(&quarters(2400, 1600)) {
        let photo = process(&upload).unwrap();
        assert_eq!((photo.width, photo.height), (1600, 1067));
        for (file, size) in [(&photo.large, (1600, 1067)), (&photo.small, (640, 427)), (&photo.thumb, (160, 107))] {
            assert_eq!(open(file).dimensions(), size);
            assert_alike(colours(file), [RED, GREEN, BLUE, WHITE]);
        }
        let placeholder = photo.placeholder.strip_prefix("data:image/webp;base64,").unwrap();
        assert!(photo.placeholder.len() < 400, "{}", photo.placeholder.len());
        assert_eq!(open(&BASE64_STANDARD.decode(placeholder).unwrap()).dimensions(), (16, 11));
    }
}

#[test]
fn what_is_small_stays_as_it_is() {
    let photo = process(&file(&quarters(100, 60), ImageFormat::Png)).unwrap();
    for file in [&photo.large, &photo.small, &photo.thumb] {
        assert_eq!(open(file).dimensions(), (100, 60));
    }
    assert!(process(&file(&quarters(1, 1), ImageFormat::Png)).is_ok());
    assert_eq!(open(&process(&file(&quarters(8192, 1), ImageFormat::Png)).unwrap().large).dimensions(), (1600, 1));
}

#[test]
fn the_eight_orientations_are_set_upright() {
    let jpeg = file(&quarters(320, 200), ImageFormat::Jpeg);
    let upright = [
        [RED, GREEN, BLUE, WHITE],
        [GREEN, RED, WHITE, BLUE],
        [WHITE, BLUE, GREEN, RED],
        [BLUE, WHITE, RED, GREEN],
        [RED, BLUE, GREEN, WHITE],
        [BLUE, RED, WHITE, GREEN],
        [WHITE, GREEN, BLUE, RED],
        [GREEN, WHITE, RED, BLUE],
    ];
    for (orientation, expected) in (1..).zip(upright) {
        let photo = process(&with_segment(&jpeg, 0xE1, &exif(orientation))).unwrap();
        assert_eq!((photo.width, photo.height), if orientation < 5 { (320, 200) } else { (200, 320) });
        for file in [&photo.large, &photo.thumb] {
            assert_alike(colours(file), expected);
        }
    }
    for nonsense in [0, 9, 255] {
        assert!(process(&with_segment(&jpeg, 0xE1, &exif(nonsense))).is_ok());
    }
}

#[test]
fn nothing_but_the_picture_is_kept() {
    let jpeg = file(&quarters(320, 200), ImageFormat::Jpeg);
    let mut upload = with_segment(&jpeg, 0xFE, b"a secret comment");
    upload = with_segment(&upload, 0xE1, &[&exif(1)[..], b"GPS secret"].concat());
    upload.extend_from_slice(b"<script>secret</script>PK\x03\x04");
    let photo = process(&upload).unwrap();
    for file in [photo.large, photo.small, photo.thumb] {
        for trace in [&b"secret"[..], b"Exif", b"EXIF", b"ICCP", b"XMP ", b"<script"] {
            assert!(!file.windows(trace.len()).any(|window| window == trace));
        }
    }
}

#[test]
fn grey_deep_and_transparent_pictures_are_taken() {
    let image = quarters(320, 200);
    let grey = [70, 140, 35, 250].map(|level: u8| [level; 3]);
    for (image, is_grey) in [
        (DynamicImage::from(image.to_luma8()), true),
        (image.to_luma_alpha16().into(), true),
        (image.to_rgb16().into(), false),
        (image.to_rgba16().into(), false),
    ] {
        let photo = process(&file(&image, ImageFormat::Png)).unwrap();
        let seen = colours(&photo.large);
        if is_grey {
            assert!(seen.iter().all(|[r, g, b]| r.abs_diff(*g) < 8 && g.abs_diff(*b) < 8), "{seen:?} {grey:?}");
        } else {
            assert_alike(seen, [RED, GREEN, BLUE, WHITE]);
        }
    }
    let mut transparent = quarters(2000, 1000).to_rgba8();
    transparent.enumerate_pixels_mut().filter(|(x, ..)| *x < 1000).for_each(|(.., pixel)| pixel.0[3] = 0);
    let large = open(&process(&file(&transparent.into(), ImageFormat::Png)).unwrap().large).to_rgba8();
    assert_eq!((large.get_pixel(100, 100).0[3], large.get_pixel(1500, 100).0[3]), (0, 255));
}

/// Eight by eight pixels of four inks at half, by hand: nothing at hand writes such files.
fn cmyk_jpeg() -> Vec<u8> {
    let tables = [&[0xFF, 0xDB, 0, 67, 0][..], &[1; 64]].concat();
    let frame = [0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0];
    // One code, a single zero bit: no difference (DC), end of block (AC).
    let huffman = |class: u8| [&[0xFF, 0xC4, 0, 20, class, 1][..], &[0; 15], &[0]].concat();
    let scan = [0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0, 0x00];
    let adobe = [0xFF, 0xEE, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0];
    [&[0xFF, 0xD8][..], &adobe, &tables, &frame, &huffman(0x00), &huffman(0x10), &scan, &[0xFF, 0xD9]].concat()
}

#[test]
fn a_photo_made_for_print_is_taken() {
    let photo = process(&cmyk_jpeg()).unwrap();
    let [r, g, b] = colours(&photo.large)[0];
    assert!(
        (40..90).contains(&r) && r.abs_diff(g) < 8 && g.abs_diff(b) < 8,
        "half of each ink, and half black: {r} {g} {b}"
    );
}

#[test]
fn a_wide_gamut_is_converted() {
    let pixel = [200, 100, 50];
    let image = RgbImage::from_pixel(64, 64, Rgb(pixel));
    let write = |profile: Option<Vec<u8>>| {
        let (mut png, mut jpeg) = (Vec::new(), Vec::new());
        let (mut png_encoder, mut jpeg_encoder) =
            (PngEncoder::new(&mut png), JpegEncoder::new_with_quality(&mut jpeg, 100));
        if let Some(profile) = profile {
            png_encoder.set_icc_profile(profile.clone()).unwrap();
            jpeg_encoder.set_icc_profile(profile).unwrap();
        }
        png_encoder.write_image(&image, 64, 64, image::ExtendedColorType::Rgb8).unwrap();
        jpeg_encoder.write_image(&image, 64, 64, image::ExtendedColorType::Rgb8).unwrap();
        [png, jpeg]
    };
    // Display P3 (200, 100, 50) is sRGB (213, 95, 32).
    for (profile, expected) in [
        (None, pixel),
        (Some(ColorProfile::new_srgb().encode().unwrap()), pixel),
        (Some(b"no profile at all".to_vec()), pixel),
        (Some(ColorProfile::new_display_p3().encode().unwrap()), [213, 95, 32]),
    ] {
        for upload in write(profile) {
            for (seen, expected) in colours(&process(&upload).unwrap().large)[0].iter().zip(expected) {
                assert!(seen.abs_diff(expected) <= 5, "{seen} is not about {expected}");
            }
        }
    }
}

#[test]
fn what_is_no_photo_is_refused() {
    for upload in [
        &b""[..],
        b"\xFF",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><title>photo.jpg</title>",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"BM\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"RIFF\x24\0\0\0WAVEfmt ",
    ] {
        assert_eq!(process(upload).unwrap_err(), PhotoError::NotAPhoto, "{upload:?}");
    }
}

#[test]
fn a_file_that_only_begins_as_a_photo_is_damaged() {
    for [head, tail] in [
        [&b"\xFF\xD8\xFF\xE0"[..], &b"<html>"[..]],
        [b"\x89PNG\r\n\x1a\n", b"<svg/>"],
        [b"RIFF\x24\0\0\0WEBPVP8 ", b"<script>"],
    ] {
        assert_eq!(process(&[head, tail].concat()).unwrap_err(), PhotoError::Damaged);
    }
}

#[test]
fn a_cut_file_is_damaged_wherever_it_is_cut() {
    for upload in FILES.iter() {
        assert!(process(upload).is_ok());
        for end in (20..upload.len()).step_by(upload.len() / 60).chain([upload.len() - 1]) {
            assert_eq!(process(&upload[..end]).err(), Some(PhotoError::Damaged), "{end} of {}", upload.len());
        }
    }
}

#[test]
fn a_picture_that_is_cut_and_closed_again_is_no_panic() {
    for upload in FILES.iter() {
        let (half, end) = (&upload[..upload.len() / 2], &upload[upload.len() - 12..]);
        let _ = process(&[half, end].concat());
    }
}

#[test]
fn too_many_pixels_are_refused_by_the_header() {
    let mut jpeg = file(&quarters(320, 200), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    let canvas =
        [&b"RIFF\x1E\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0"[..], &[0xFF, 0x3F, 0, 0xFF, 0x3F, 0], b"VP8 \0\0\0\0"].concat();
    for bomb in [
        png_header(8193, 1),
        png_header(1, 8193),
        png_header(5001, 5000),
        png_header(2_000_000_000, 2_000_000_000),
        jpeg,
        canvas,
    ] {
        assert_eq!(process(&bomb).unwrap_err(), PhotoError::TooManyPixels);
    }
    // The most there can be is no bomb; only this one has no pixels.
    assert_eq!(process(&png_header(5000, 5000)).unwrap_err(), PhotoError::Damaged);
}

#[test]
fn the_largest_photo_is_taken() {
    let image = DynamicImage::new(5000, 5000, image::ColorType::L8);
    assert_eq!(process(&file(&image, ImageFormat::Png)).unwrap().width, 1600);
}

#[tokio::test]
async fn ten_mebibytes_are_the_most() {
    let pipeline = PhotoPipeline::new(1);
    let mut upload = file(&quarters(320, 200), ImageFormat::Jpeg);
    upload.resize(10 * 1024 * 1024, 0);
    pipeline.process(upload.clone().into()).await.unwrap();
    upload.push(0);
    assert_eq!(pipeline.process(upload.into()).await.unwrap_err(), PhotoError::TooLarge);
}

#[tokio::test]
async fn past_the_bound_it_is_busy_and_recovers() {
    let pipeline = PhotoPipeline { patience: Duration::ZERO, ..PhotoPipeline::new(1) };
    let upload = Bytes::from(file(&quarters(320, 200), ImageFormat::Jpeg));
    let place = pipeline.places.acquire().await.unwrap();
    assert_eq!(pipeline.process(upload.clone()).await.unwrap_err(), PhotoError::Busy);
    drop(place);
    pipeline.process(upload).await.unwrap();
}

/// So many as `just fuzz` asks for.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(64)))]

    /// Whatever a stranger changes, it is a photo or an error, and no panic.
    #[test]
    fn changed_bytes_do_no_harm(kind in 0_usize..4, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), length in any::<prop::sample::Index>(), cut in any::<bool>()) {
        let mut upload = FILES[kind].clone();
        for (index, byte) in changes {
            *index.get_mut(&mut upload) = byte;
        }
        if cut {
            upload.truncate(length.index(upload.len()));
        }
        let _ = process(&upload);
    }
}
