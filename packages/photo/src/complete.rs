//! Whether a file is all there. Decoders fill in what is missing, grey or black, and not all of them say so.

use image::ImageFormat;

/// Whether the file goes on to its own end. What follows that does not matter.
pub(crate) fn is_complete(file: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => has_jpeg_end(file),
        ImageFormat::Png => has_png_end(file).is_some(),
        ImageFormat::WebP => has_riff_end(file),
        _ => false,
    }
}

/// RFC 9649, section 2.3: four letters, then the size of all that follows.
fn has_riff_end(file: &[u8]) -> bool {
    let size = file.get(4..).and_then(<[u8]>::first_chunk).map(|size| u32::from_le_bytes(*size));
    size.and_then(|size| usize::try_from(size).ok()).is_some_and(|size| file.len() - 8 >= size)
}

/// PNG (third edition), section 5.3: chunks of a length, a type, as many bytes and four more, until the type is IEND.
fn has_png_end(file: &[u8]) -> Option<()> {
    let mut rest = file.get(8..)?;
    loop {
        let (length, after) = rest.split_first_chunk()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        rest = after.get(usize::try_from(u32::from_be_bytes(*length)).ok()?..)?.get(4..)?;
        if kind == b"IEND" {
            return Some(());
        }
    }
}

const MARKER: u8 = 0xFF;
const END_OF_IMAGE: u8 = 0xD9;

/// ITU-T T.81, B.1.1: segments, each with a marker.
fn has_jpeg_end(file: &[u8]) -> bool {
    let mut rest = file;
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return true,
            // TEM and SOI stand alone; every other segment has a length, which counts its own two bytes. The coded
            // picture that follows a scan's segment is passed over by looking for the next marker.
            0x01 | 0xD8 => after,
            _ => match after.first_chunk().and_then(|length| after.get(usize::from(u16::from_be_bytes(*length))..)) {
                Some(after) => after,
                None => return false,
            },
        };
    }
    false
}

/// The next marker and what follows it. In coded data a 0xFF that is no marker is followed by a zero, and restart
/// markers belong to the data.
fn next_marker(mut rest: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        let position = rest.iter().position(|byte| *byte == MARKER)?;
        rest = rest.get(position + 1..)?;
        match rest.split_first()? {
            // Padding: this second 0xFF may begin the marker.
            (&MARKER, _) => {}
            (0x00 | 0xD0..=0xD7, after) => rest = after,
            (marker, after) => return Some((*marker, after)),
        }
    }
}
