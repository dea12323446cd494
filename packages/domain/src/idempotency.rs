//! Requests that carry a key may be repeated without being done twice (`draft-ietf-httpapi-idempotency-key-header`): the first is
//! done, its repeats are answered what it was answered.

use balloond_database::idempotency::{self, Cutoffs};
use balloond_shared::{ErrorCode, FieldErrors};
use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::{Error, Result, Services, Viewer, services::run_to_end};

/// How long an answer is kept.
pub(crate) const KEPT: TimeDelta = TimeDelta::hours(24);
/// No request takes so long: whoever was at it is gone, and a repeat does it.
const ABANDONED: TimeDelta = TimeDelta::minutes(1);
/// Characters of a key at most.
const KEY_MAX: usize = 255;
/// Seconds until a repeat of what is at work may know more.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// What a client calls one request of a person, in all its repeats.
#[derive(Clone, Debug)]
pub struct Key(String);

impl Key {
    /// One to 255 visible ASCII characters; `Invalid` (field `Idempotency-Key`) otherwise.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let is_visible = text.iter().all(u8::is_ascii_graphic);
        match str::from_utf8(text) {
            Ok(key) if is_visible && (1..=KEY_MAX).contains(&key.len()) => Ok(Self(key.to_owned())),
            _ => {
                let expected = "1 to 255 visible ASCII characters, such as a UUID, are expected here.";
                Err(FieldErrors::one("Idempotency-Key", "malformed", expected).into())
            }
        }
    }
}

/// By what two requests are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a request's parts, in an order of the caller's.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// An answer as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// 200 to 299.
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// What to do with a request.
#[derive(Debug)]
pub enum Turn {
    /// Nobody has done it: do it, then [`keep`] or [`release`].
    First,
    /// It was done; this was the answer.
    Again(Kept),
}

/// Whose turn it is. `KeyReused` when another request had the key; `KeyInUse` while the first is at work.
pub async fn claim(services: &Services, viewer: Viewer, key: &Key, request: Fingerprint) -> Result<Turn> {
    let mut conn = services.database.primary().await?;
    let now = Utc::now();
    let cutoffs = Cutoffs { forgotten: now - KEPT, abandoned: now - ABANDONED };
    if idempotency::claim(&mut conn, viewer.user, &key.0, &request.0, now, cutoffs).await? {
        return Ok(Turn::First);
    }
    let in_use = Error::RefusedFor { code: ErrorCode::KeyInUse, after: RETRY };
    // Released a moment ago, it is the repeat's own on the next try.
    let Some(kept) = idempotency::find(&mut conn, viewer.user, &key.0).await? else { return Err(in_use) };
    if kept.request != request.0 {
        return Err(ErrorCode::KeyReused.into());
    }
    let status = kept.status.and_then(|status| u16::try_from(status).ok()).ok_or(in_use)?;
    Ok(Turn::Again(Kept { status, content_type: kept.content_type, body: kept.body.unwrap_or_default() }))
}

/// Keeps the answer for repeats.
pub async fn keep(services: &Services, viewer: Viewer, key: &Key, answer: Kept) -> Result<()> {
    let (services, key) = (services.clone(), key.0.clone());
    run_to_end(async move {
        let status = i16::try_from(answer.status).map_err(Error::internal)?;
        let mut conn = services.database.primary().await?;
        let answer = (status, answer.content_type.as_deref(), answer.body.as_slice());
        idempotency::answer(&mut conn, viewer.user, &key, answer).await?;
        Ok(())
    })
    .await
}

/// Lets the key go: the request was refused and changed nothing, so its repeat begins anew.
pub async fn release(services: &Services, viewer: Viewer, key: &Key) -> Result<()> {
    let mut conn = services.database.primary().await?;
    idempotency::release(&mut conn, viewer.user, &key.0).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        assert!(Key::parse(b"7f3a-12").is_ok() && Key::parse(&[b'x'; KEY_MAX]).is_ok());
        for odd in [&b""[..], b"with space", b"\xff", "é".as_bytes(), &[b'x'; KEY_MAX + 1]] {
            assert!(Key::parse(odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Fingerprint::of(&[b"ab", b"c"]), Fingerprint::of(&[b"a", b"bc"]));
        assert_eq!(Fingerprint::of(&[b"ab", b"c"]), Fingerprint::of(&[b"ab", b"c"]));
    }
}
