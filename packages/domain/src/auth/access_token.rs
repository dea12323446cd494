//! Access tokens: signed, short-lived, checked without I/O (RFC 7519, EdDSA as of RFC 8037).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use balloond_shared::{ErrorCode, SessionId, UserId};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode, get_current_timestamp,
};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use super::{Holder, Viewer, api_token, refresh_token::RefreshToken, revoked::RevokedSessions};
use crate::{
    Config, Error, Result,
    config::{NamedKey, SecretKey},
};

/// How long an access token is valid, and so how long a revoked session has to be remembered.
pub(crate) const ACCESS_TOKEN_LIFE: Duration = Duration::from_secs(10 * 60);

/// Tokens whose signature was checked and need not be again: about 0.5 KiB each.
const VERIFIED_TOKENS: usize = 10_000;
/// Longer than any token of ours.
const MAX_LENGTH: usize = 1024;

/// What stands before the seed in a PKCS#8 Ed25519 key (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Makes and checks tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    header: Header,
    signing_key: EncodingKey,
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
    issuer: String,
    audience: String,
    verified: Cache<Box<str>, Verified>,
    revoked: RevokedSessions,
    api_tokens: api_token::Known,
    refresh_key: SecretKey,
}

#[derive(Clone, Copy)]
struct Verified {
    holder: Holder,
    expires_at: u64,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    /// Of somebody suspended: opens next to nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    iat: u64,
    exp: u64,
    iss: String,
    aud: String,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no key to sign tokens with")]
struct NoKey;

impl Tokens {
    /// `Internal` without a key.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let signing = config.token_keys.first().ok_or_else(|| Error::internal(NoKey))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&config.public_web_url]);
        validation.set_audience(&[&config.public_api_url]);
        Ok(Self(Arc::new(Inner {
            header: Header { kid: Some(signing.kid.clone()), ..Header::new(Algorithm::EdDSA) },
            signing_key: EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], signing.seed.expose()].concat()),
            keys: config.token_keys.iter().map(|key| (key.kid.clone(), verifying_key(key))).collect(),
            validation,
            issuer: config.public_web_url.clone(),
            audience: config.public_api_url.clone(),
            verified: Cache::new(VERIFIED_TOKENS),
            revoked: RevokedSessions::default(),
            api_tokens: Cache::new(api_token::REMEMBERED),
            refresh_key: config.refresh_key.clone(),
        })))
    }

    /// A token for the next ten minutes.
    pub(super) fn issue(&self, holder: Holder) -> Result<String> {
        self.issue_at(holder, get_current_timestamp())
    }

    fn issue_at(&self, holder: Holder, now: u64) -> Result<String> {
        let Holder { viewer, is_suspended } = holder;
        let Inner { header, signing_key, issuer, audience, .. } = &*self.0;
        let claims = Claims {
            sub: viewer.user,
            sid: viewer.session,
            held: is_suspended,
            iat: now,
            exp: now + ACCESS_TOKEN_LIFE.as_secs(),
            iss: issuer.clone(),
            aud: audience.clone(),
        };
        encode(header, &claims, signing_key).map_err(Error::internal)
    }

    /// Who holds the token. `Unauthenticated` unless it is ours, in force, and its session is open.
    pub(super) fn authenticate(&self, token: &str) -> Result<Holder> {
        let Verified { holder, expires_at } = match self.0.verified.get(token) {
            Some(verified) => verified,
            None => self.verify(token)?,
        };
        if expires_at <= get_current_timestamp() || self.is_revoked(holder.viewer.session) {
            return Err(ErrorCode::Unauthenticated.into());
        }
        Ok(holder)
    }

    fn verify(&self, token: &str) -> Result<Verified> {
        if token.len() > MAX_LENGTH {
            return Err(ErrorCode::Unauthenticated.into());
        }
        // Why it is refused is nobody's business: whoever knows can only use it against us.
        let claims = self.claims(token).ok_or(ErrorCode::Unauthenticated)?;
        let viewer = Viewer { user: claims.sub, session: claims.sid };
        let holder = Holder { viewer, is_suspended: claims.held };
        let verified = Verified { holder, expires_at: claims.exp };
        self.0.verified.insert(token.into(), verified);
        Ok(verified)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let kid = decode_header(token).ok()?.kid?;
        let (_, key) = self.0.keys.iter().find(|(name, _)| *name == kid)?;
        decode::<Claims>(token, key, &self.0.validation).ok().map(|token| token.claims)
    }

    /// Refuses a session's tokens in this process from now on; whether that is news.
    pub(crate) fn revoke(&self, session: SessionId) -> bool {
        self.0.revoked.insert(session, Instant::now())
    }

    pub(super) fn is_revoked(&self, session: SessionId) -> bool {
        self.0.revoked.contains(session)
    }

    /// What this process knows of tokens for programs.
    pub(super) fn api_tokens(&self) -> &api_token::Known {
        &self.0.api_tokens
    }

    /// The key of what is derived, and of hashes that nobody else is to make.
    pub(crate) fn secret(&self) -> &SecretKey {
        &self.0.refresh_key
    }

    /// What a refresh token is exchanged for.
    pub(super) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        token.successor(&self.0.refresh_key)
    }
}

fn verifying_key(key: &NamedKey) -> DecodingKey {
    DecodingKey::from_ed_der(SigningKey::from_bytes(key.seed.expose()).verifying_key().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::test_config;

    fn tokens(keys: &[(&str, u8)]) -> Tokens {
        let mut config = test_config();
        let key = |&(kid, byte): &(&str, u8)| NamedKey { kid: kid.to_owned(), seed: SecretKey::new([byte; 32]) };
        config.token_keys = keys.iter().map(key).collect();
        Tokens::new(&config).unwrap()
    }

    fn holder() -> Holder {
        Holder { viewer: Viewer { user: UserId::new(), session: SessionId::new() }, is_suspended: false }
    }

    fn is_refused(result: Result<Holder>) -> bool {
        matches!(result, Err(Error::Refused(ErrorCode::Unauthenticated)))
    }

    #[test]
    fn a_token_says_who_holds_it_the_first_time_and_after() {
        let (tokens, holder) = (tokens(&[("a", 1)]), holder());
        let token = tokens.issue(holder).unwrap();
        for _ in 0..2 {
            assert_eq!(tokens.authenticate(&token).unwrap(), holder);
        }
    }

    #[test]
    fn a_token_says_that_its_holder_is_suspended() {
        let (tokens, held) = (tokens(&[("a", 1)]), Holder { is_suspended: true, ..holder() });
        assert_eq!(tokens.authenticate(&tokens.issue(held).unwrap()).unwrap(), held);
    }

    #[test]
    fn it_expires_after_ten_minutes_also_when_it_was_seen_before() {
        let tokens = tokens(&[("a", 1)]);
        let now = get_current_timestamp();
        assert!(is_refused(tokens.authenticate(&tokens.issue_at(holder(), now - 600).unwrap())));
        assert!(tokens.authenticate(&tokens.issue_at(holder(), now - 590).unwrap()).is_ok());
        let old = Verified { holder: holder(), expires_at: now };
        tokens.0.verified.insert("seen".into(), old);
        assert!(is_refused(tokens.authenticate("seen")));
    }

    #[test]
    fn a_key_is_rotated_without_logging_anybody_out() {
        let (old, both, new) = (tokens(&[("a", 1)]), tokens(&[("b", 2), ("a", 1)]), tokens(&[("b", 2)]));
        let (before, after) = (old.issue(holder()).unwrap(), both.issue(holder()).unwrap());
        assert!(both.authenticate(&before).is_ok() && both.authenticate(&after).is_ok());
        assert!(new.authenticate(&after).is_ok() && is_refused(new.authenticate(&before)));
    }

    #[test]
    fn a_revoked_session_is_refused_at_once() {
        let (tokens, holder) = (tokens(&[("a", 1)]), holder());
        let token = tokens.issue(holder).unwrap();
        assert!(tokens.authenticate(&token).is_ok());
        assert!(tokens.revoke(holder.viewer.session) && !tokens.revoke(holder.viewer.session));
        assert!(is_refused(tokens.authenticate(&token)));
    }

    #[test]
    fn what_we_did_not_sign_is_refused() {
        let tokens = tokens(&[("a", 1)]);
        let token = tokens.issue(holder()).unwrap();
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let other_key = self::tokens(&[("a", 3)]).issue(holder()).unwrap();
        let mut other_audience = test_config();
        other_audience.token_keys = vec![NamedKey { kid: "a".to_owned(), seed: SecretKey::new([1; 32]) }];
        other_audience.public_api_url = "https://elsewhere.example".to_owned();
        let other_audience = Tokens::new(&other_audience).unwrap().issue(holder()).unwrap();
        // {"alg":"none","kid":"a"} and {"alg":"HS256","kid":"a"}
        let (none, hs256) = ("eyJhbGciOiJub25lIiwia2lkIjoiYSJ9", "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ");
        for bad in [
            String::new(),
            "a.b.c".to_owned(),
            format!("{header}.{claims}."),
            format!("{header}.{claims}.{}", signature.chars().rev().collect::<String>()),
            format!("{none}.{claims}."),
            format!("{none}.{claims}.{signature}"),
            format!("{hs256}.{claims}.{signature}"),
            "x".repeat(100_000),
            other_key,
            other_audience,
        ] {
            assert!(is_refused(tokens.authenticate(&bad)), "{bad}");
        }
    }
}
