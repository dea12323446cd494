//! Refresh tokens: opaque, random, stored hashed, each good for one exchange.

use std::fmt;

use balloond_database::account::TokenHash;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::config::SecretKey;

/// 32 bytes that only their holder knows.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// A new one, from the system's secure random numbers.
    pub(super) fn new() -> Self {
        Self(rand::random())
    }

    /// Nothing when it cannot be one of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// As it goes out: base64url, 43 characters.
    pub(super) fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored. Plain SHA-256 does: nobody guesses 256 random bits.
    pub(super) fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }

    /// The next one: always the same, so that two tabs which refresh at once get one answer, and derived by a secret, so that
    /// a stolen token does not tell what follows it.
    pub(super) fn successor(&self, key: &SecretKey) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("a key of 32 bytes");
        mac.update(&self.0);
        Self(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_its_text_form_and_nothing_else_does() {
        let token = RefreshToken::new();
        assert_eq!(RefreshToken::parse(&token.expose()), Some(token.clone()));
        assert_eq!(token.expose().len(), 43);
        for bad in ["", "abc", &token.expose()[1..], &format!("{}=", token.expose()), &"é".repeat(20)] {
            assert_eq!(RefreshToken::parse(bad), None);
        }
    }

    #[test]
    fn the_successor_depends_on_token_and_key_alone() {
        let (token, key) = (RefreshToken::new(), SecretKey::new([7; 32]));
        assert_eq!(token.successor(&key), token.successor(&key));
        assert_ne!(token.successor(&key), token.successor(&SecretKey::new([8; 32])));
        assert_ne!(token.successor(&key), RefreshToken::new().successor(&key));
        assert_ne!(token.successor(&key), token);
    }

    #[test]
    fn it_does_not_show_itself() {
        assert_eq!(format!("{:?}", RefreshToken::new()), "RefreshToken(…)");
    }
}
