//! RFC 8292: push services are shown who sends.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::json;

use crate::KeysFault;

/// Seconds for which a signature is good; a day is the most.
const GOOD_FOR: i64 = 12 * 60 * 60;
/// Where the two halves lie in the PKCS#8 document that ring makes of a P-256 key, whose every field has one length (RFC 5915).
const PRIVATE: std::ops::Range<usize> = 36..68;
const PUBLIC: std::ops::Range<usize> = 73..138;

/// A key of P-256: `public:private`, each in base64url, as the usual tools print them.
#[derive(Clone)]
pub struct VapidKey {
    pair: Arc<EcdsaKeyPair>,
}

/// What is no such key. It is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not `public:private` of one P-256 key in base64url (make one: balloond-api vapid-key)")]
pub struct VapidKeyFault;

impl VapidKey {
    /// # Errors
    ///
    /// When it is none, or the two halves do not belong together.
    pub fn parse(text: &str) -> Result<Self, VapidKeyFault> {
        let (public, private) = text.split_once(':').ok_or(VapidKeyFault)?;
        let decode = |half: &str| URL_SAFE_NO_PAD.decode(half.trim_end_matches('=')).map_err(|_| VapidKeyFault);
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &decode(private)?,
            &decode(public)?,
            &SystemRandom::new(),
        );
        Ok(Self { pair: Arc::new(pair.map_err(|_| VapidKeyFault)?) })
    }

    /// Makes a new one, as a text for the configuration.
    ///
    /// # Errors
    ///
    /// When the machine has no randomness to give.
    pub fn generate() -> Result<String, VapidKeyFault> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.map_err(|_| VapidKeyFault)?;
        let half = |range| document.as_ref().get(range).map(|bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes));
        let text = half(PUBLIC).zip(half(PRIVATE)).map(|(public, private)| format!("{public}:{private}"));
        text.filter(|text| Self::parse(text).is_ok()).ok_or(VapidKeyFault)
    }

    pub(crate) fn public_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The `Authorization` for one push service.
    pub(crate) fn authority(&self, origin: &str, contact: &str) -> Result<String, KeysFault> {
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({ "aud": origin, "exp": Utc::now().timestamp() + GOOD_FOR, "sub": contact });
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public_text()))
    }
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VapidKey({}:…)", self.public_text())
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_signed_can_be_verified_with_the_key_beside_it() {
        let key = VapidKey::parse(&VapidKey::generate().unwrap()).unwrap();
        let authority = key.authority("https://push.example.com", "mailto:hello@example.com").unwrap();
        let (token, public) = authority.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public));
        public.verify(signed.as_bytes(), &decode(signature)).unwrap();
        let claims: Value = serde_json::from_slice(&decode(signed.split_once('.').unwrap().1)).unwrap();
        assert_eq!(
            (claims["aud"].as_str(), claims["sub"].as_str()),
            (Some("https://push.example.com"), Some("mailto:hello@example.com"))
        );
        let left = claims["exp"].as_i64().unwrap() - Utc::now().timestamp();
        assert!((1..=24 * 60 * 60).contains(&left), "{left}");
    }

    #[test]
    fn halves_that_do_not_belong_together_are_refused() {
        let [one, other] = [0; 2].map(|_| VapidKey::generate().unwrap());
        let mixed = format!("{}:{}", one.split_once(':').unwrap().0, other.split_once(':').unwrap().1);
        for text in ["", ":", "a:b", "hush", &mixed, &one[1..]] {
            assert_eq!(VapidKey::parse(text).err(), Some(VapidKeyFault), "{text}");
        }
        assert!(!format!("{:?}", VapidKey::parse(&one).unwrap()).contains(one.split_once(':').unwrap().1));
    }
}
