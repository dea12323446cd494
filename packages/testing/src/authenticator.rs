//! An app for one-time codes, as people have one on their phone (RFC 6238).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code that it shows in a step of 30 seconds, of a secret in base 32.
#[must_use]
pub fn totp(secret: &str, step: i64) -> String {
    let bits: String = secret.chars().filter_map(|c| BASE32.find(c)).map(|number| format!("{number:05b}")).collect();
    let byte = |bits: &[u8]| bits.iter().fold(0_u8, |number, bit| number << 1 | (bit - b'0'));
    let bytes: Vec<u8> = bits.as_bytes().chunks_exact(8).map(byte).collect();
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).expect("a key");
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let offset = usize::from(hash.last().map_or(0, |last| last & 0xf));
    let taken = hash.get(offset..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_be_bytes(*four));
    format!("{:06}", (taken & 0x7fff_ffff) % 1_000_000)
}
