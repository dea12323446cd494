//! Codes that an app makes from a shared secret and the time: RFC 6238, as every such app does it (SHA-1, six digits, 30 seconds).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Bytes of a secret: as many as SHA-1 answers (RFC 4226, R6).
pub(super) const SECRET: usize = 20;
/// Seconds for which a code is shown.
const STEP: i64 = 30;
/// Steps before and after the one of now whose codes are taken too: clocks differ, and typing takes a while.
const AROUND: i64 = 1;
const DIGITS: usize = 6;
/// RFC 4648, section 6.
const BASE32: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// The step whose code was typed, blanks aside. Steps up to `after` are past: a code works once.
pub(super) fn step_of(secret: &[u8], typed: &str, now: i64, after: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
    let current = now / STEP;
    (current - AROUND..=current + AROUND).find(|step| *step > after && code(secret, *step) == typed)
}

/// The code of a step of time.
pub(super) fn code(secret: &[u8], step: i64) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("a key");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // RFC 4226, 5.3: the last four bits say which 31 bits are taken.
    let offset = usize::from(hash.last().copied().unwrap_or_default() & 0xf);
    let taken = hash.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:0DIGITS$}", (taken & 0x7fff_ffff) % 1_000_000)
}

/// As people type a secret into an app that has no camera.
pub(super) fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1)));
    let bits: Vec<_> = bits.collect();
    bits.chunks(5)
        .filter_map(|chunk| {
            let number = chunk.iter().fold(0, |number, bit| number << 1 | bit) << (5 - chunk.len());
            BASE32.get(number)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (time, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, time / STEP), expected);
            assert_eq!(step_of(secret, expected, time, 0), Some(time / STEP));
            let spaced = format!(" {} {}", &expected[..3], &expected[3..]);
            assert_eq!(step_of(secret, &spaced, time + STEP, 0), Some(time / STEP));
            assert_eq!(step_of(secret, expected, time + 2 * STEP, 0), None, "too late");
            assert_eq!(step_of(secret, expected, time, time / STEP), None, "it was taken");
            assert_eq!(step_of(secret, &format!("{expected}0"), time, 0), None);
        }
        assert_eq!(step_of(secret, "", 59, 0), None);
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_says() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }
}
