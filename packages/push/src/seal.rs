//! RFC 8291: a note that only the browser can open.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::{SecureRandom, SystemRandom},
};

/// Bytes of an uncompressed point on P-256.
const POINT: usize = 65;
const AUTH: usize = 16;
const SALT: usize = 16;
/// One record (RFC 8188): no push service has to take more.
const RECORD: u32 = 4096;
/// Bytes of a note at most. All notes are filled up to one more than this: their length tells nothing.
pub const MAX_NOTE: usize = 2047;

/// A browser's half of the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    public: [u8; POINT],
    auth: [u8; AUTH],
}

/// What cannot be used to seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not a key of a push subscription.")]
pub struct KeysFault;

impl From<Unspecified> for KeysFault {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl Keys {
    /// Reads `p256dh` and `auth` as browsers write them: base64url.
    ///
    /// # Errors
    ///
    /// When the one is no point on the curve, or the other has not 16 bytes.
    pub fn parse(public: &str, auth: &str) -> Result<Self, KeysFault> {
        let keys = Self { public: decode(public)?, auth: decode(auth)? };
        // Whether it lies on the curve is known by trying.
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
        agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, keys.public), |_| ())?;
        Ok(keys)
    }

    /// As [`Keys::parse`] read them.
    #[must_use]
    pub fn texts(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(self.public), URL_SAFE_NO_PAD.encode(self.auth))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], KeysFault> {
    // Longer than anything right: not decoded at all.
    let text = text.trim_end_matches('=');
    if text.len() > 2 * N {
        return Err(KeysFault);
    }
    URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(KeysFault)
}

/// Seals a note with a key of its own.
pub(crate) fn seal(to: &Keys, note: &[u8]) -> Result<Vec<u8>, KeysFault> {
    let random = SystemRandom::new();
    let mut salt = [0; SALT];
    random.fill(&mut salt)?;
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
    let public = private.compute_public_key()?;
    let public: [u8; POINT] = public.as_ref().try_into().map_err(|_| KeysFault)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, to.public);
    agree_ephemeral(private, &peer, |secret| seal_with(secret, &public, to, salt, padded(note)?))?
}

/// A note, the mark of the last record, and nothing up to the one length.
fn padded(note: &[u8]) -> Result<Vec<u8>, KeysFault> {
    if note.len() > MAX_NOTE {
        return Err(KeysFault);
    }
    let mut padded = note.to_vec();
    padded.push(2);
    padded.resize(MAX_NOTE + 1, 0);
    Ok(padded)
}

/// RFC 8291, 3.4, and RFC 8188, 2: the header, then the one record.
fn seal_with(
    secret: &[u8],
    own: &[u8; POINT],
    to: &Keys,
    salt: [u8; SALT],
    mut record: Vec<u8>,
) -> Result<Vec<u8>, KeysFault> {
    let input: [u8; 32] = derive(&to.auth, secret, &[b"WebPush: info\0", &to.public, own])?;
    let key: [u8; 16] = derive(&salt, &input, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = derive(&salt, &input, &[b"Content-Encoding: nonce\0"])?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let length = u8::try_from(POINT).map_err(|_| KeysFault)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[length], own, &record].concat())
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Result<[u8; N], KeysFault> {
    let mut derived = [0; N];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Length(N))?.fill(&mut derived)?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        decode(text).unwrap()
    }

    /// The example of RFC 8291, appendix A.
    #[test]
    fn it_seals_as_the_standards_example_does() {
        let keys = Keys::parse(PUBLIC, AUTH).unwrap();
        let secret: [u8; 32] = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let own = bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let mut note = b"When I grow up, I want to be a watermelon".to_vec();
        note.push(2);
        let sealed = seal_with(&secret, &own, &keys, bytes("DGv6ra1nlYgDCS1FRnbzlw"), note).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
                        EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn all_notes_have_one_length_and_no_two_are_alike() {
        let keys = Keys::parse(PUBLIC, AUTH).unwrap();
        let sealed = [&b""[..], b"Hi", &[b'x'; MAX_NOTE]].map(|note| seal(&keys, note).unwrap().len());
        assert!(sealed.iter().all(|length| *length == sealed[0] && *length <= 4096));
        assert_ne!(seal(&keys, b"Hi").unwrap(), seal(&keys, b"Hi").unwrap());
        assert_eq!(seal(&keys, &[0; MAX_NOTE + 1]), Err(KeysFault));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let off_the_curve = URL_SAFE_NO_PAD.encode([4; POINT]);
        for (public, auth) in [
            ("", AUTH),
            (PUBLIC, ""),
            (AUTH, AUTH),
            (PUBLIC, PUBLIC),
            ("!", AUTH),
            (off_the_curve.as_str(), AUTH),
            (&"A".repeat(100_000), AUTH),
        ] {
            assert_eq!(Keys::parse(public, auth), Err(KeysFault), "{public:.20} {auth:.20}");
        }
    }
}
