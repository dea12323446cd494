//! Keys, which never show themselves.

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Base64url, as `openssl rand -base64 32 | tr +/ -_` and browsers write it: with padding or without.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// 32 secret bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads base64url. What fails to parse is not quoted.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let bytes = BASE64URL.decode(text).map_err(|_| "is not base64url (letters, digits, - and _)".to_owned())?;
        let length = bytes.len();
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| format!("has {length} bytes; it takes 32"))?;
        // Catches what was meant to be replaced; a random key never looks like this.
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err("is not random".to_owned());
        }
        Ok(Self(bytes))
    }

    /// Whether a text is this key, in a time that does not tell how much of it is right.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        Self::parse(presented)
            .is_ok_and(|other| self.0.iter().zip(&other.0).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0)
    }

    /// The key itself, for signing.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// A key with a name: an Ed25519 key for access tokens (RFC 8032: the seed is all of it), or one that seals secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// Names the key in what it signed or sealed.
    pub kid: String,
    pub seed: SecretKey,
}

/// Keys that may be live at once: the one that signs, and the one before it.
const MAX_KEYS: usize = 2;

/// Reads `kid:seed[,kid:seed]`.
pub(super) fn parse_named_keys(text: &str) -> Result<Vec<NamedKey>, String> {
    let keys = text.split(',').map(|part| parse_named_key(part.trim())).collect::<Result<Vec<_>, _>>()?;
    if keys.len() > MAX_KEYS {
        return Err(format!("has {} keys; {MAX_KEYS} are the most", keys.len()));
    }
    if let [first, second] = keys.as_slice()
        && (first.kid == second.kid || first.seed == second.seed)
    {
        return Err("names the same key twice".to_owned());
    }
    Ok(keys)
}

fn parse_named_key(text: &str) -> Result<NamedKey, String> {
    let (kid, seed) = text.split_once(':').ok_or("has a key without a name (kid:seed)")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if kid.is_empty() || kid.len() > 32 || !kid.chars().all(is_name) {
        return Err("has a key whose name is not 1 to 32 letters, digits, - or _".to_owned());
    }
    Ok(NamedKey {
        kid: kid.to_owned(),
        seed: SecretKey::parse(seed).map_err(|problem| format!("has a key that {problem}"))?,
    })
}
