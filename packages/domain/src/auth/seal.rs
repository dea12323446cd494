//! Small secrets at rest: sealed by ChaCha20-Poly1305 under a key from the configuration, bound to whose they are.

use std::sync::Arc;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{Config, Error, Result};

/// One or two keys by name: the first seals, both open.
#[derive(Clone)]
pub(crate) struct Seals(Arc<[(String, LessSafeKey)]>);

#[derive(Debug, thiserror::Error)]
enum SealError {
    #[error("there is no key to seal with")]
    NoKey,
    #[error("what was sealed cannot be opened: its key is not configured any more, or it was changed")]
    Broken,
}

impl Seals {
    /// `Internal` without a key.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let key = |bytes: &[u8; 32]| UnboundKey::new(&CHACHA20_POLY1305, bytes).map(LessSafeKey::new);
        let keys = config.sealing_keys.iter().map(|it| Ok((it.kid.clone(), key(it.seed.expose())?)));
        let keys = keys.collect::<std::result::Result<_, ring::error::Unspecified>>();
        Ok(Self(keys.map_err(|_| Error::internal(SealError::NoKey))?))
    }

    /// The name of the key that seals.
    pub(super) fn first(&self) -> Result<&str> {
        self.0.first().map(|(kid, _)| kid.as_str()).ok_or_else(|| Error::internal(SealError::NoKey))
    }

    /// The key's name and its length before it, a nonce, the ciphertext. `owner` has to be named again to open it.
    pub(super) fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let (kid, key) = self.0.first().ok_or_else(|| Error::internal(SealError::NoKey))?;
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut text = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut text)
            .map_err(|_| Error::internal(SealError::NoKey))?;
        let length = u8::try_from(kid.len()).map_err(Error::internal)?;
        Ok([&[length], kid.as_bytes(), &nonce, &text].concat())
    }

    pub(super) fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        self.try_open(owner, sealed).ok_or_else(|| Error::internal(SealError::Broken))
    }

    fn try_open(&self, owner: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (length, rest) = sealed.split_first()?;
        let (kid, rest) = rest.split_at_checked((*length).into())?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        let (_, key) = self.0.iter().find(|(name, _)| name.as_bytes() == kid)?;
        let mut text = text.to_vec();
        let opened = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(owner), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{NamedKey, SecretKey, tests::test_config};

    fn seals(keys: &[(&str, u8)]) -> Seals {
        let mut config = test_config();
        let key = |&(kid, byte): &(&str, u8)| NamedKey { kid: kid.to_owned(), seed: SecretKey::new([byte; 32]) };
        config.sealing_keys = keys.iter().map(key).collect();
        Seals::new(&config).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone_and_outlives_a_change_of_keys() {
        let old = seals(&[("a", 1)]);
        let sealed = old.seal("ada", b"a secret").unwrap();
        assert!(!sealed.windows(8).any(|part| part == b"a secret"));
        assert_ne!(sealed, old.seal("ada", b"a secret").unwrap());
        assert_eq!(seals(&[("b", 2), ("a", 1)]).open("ada", &sealed).unwrap(), b"a secret");
        for (seals, owner) in [(&old, "ben"), (&seals(&[("b", 2)]), "ada"), (&seals(&[("a", 2)]), "ada")] {
            assert!(seals.open(owner, &sealed).is_err());
        }
        for length in 0..sealed.len() {
            assert!(old.open("ada", &sealed[..length]).is_err());
        }
    }
}
