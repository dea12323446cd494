//! The link in a digest that ends them: signed, so that nobody ends another's, and good for as long as the mail lies somewhere.

use balloond_database::notification;
use balloond_shared::{ErrorCode, UserId};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::{Result, Services, config::SecretKey};

const USER: usize = 16;
const MAC: usize = 32;

pub(super) fn token(services: &Services, user: UserId) -> String {
    write(services.tokens.secret(), user)
}

/// Whether a token is one of ours, for the page that asks once more. `NotFound` otherwise.
pub fn may_end_digest(services: &Services, token: &str) -> Result<()> {
    read(services.tokens.secret(), token).map(drop).ok_or_else(|| ErrorCode::NotFound.into())
}

/// Ends the digests of whoever the token is for, signed in or not. `NotFound` for what is no token of ours.
#[tracing::instrument(name = "notification.end_digest", level = "trace", skip_all)]
pub async fn end_digest(services: &Services, token: &str) -> Result<()> {
    let user = read(services.tokens.secret(), token).ok_or(ErrorCode::NotFound)?;
    let mut conn = services.database.primary().await?;
    notification::end_digest(&mut conn, user).await?;
    Ok(())
}

fn write(key: &SecretKey, user: UserId) -> String {
    let mac = sign(key, user).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([user.as_uuid().as_bytes().as_slice(), &mac].concat())
}

fn read(key: &SecretKey, token: &str) -> Option<UserId> {
    if token.len() > 2 * (USER + MAC) {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (user, mac) = bytes.split_first_chunk::<USER>()?;
    let user = UserId::from_uuid(Uuid::from_bytes(*user));
    sign(key, user).verify_slice(mac).ok().map(|()| user)
}

fn sign(key: &SecretKey, user: UserId) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("a key of 32 bytes");
    mac.update(b"no more digests\0");
    mac.update(user.as_uuid().as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_person_and_from_us_alone() {
        let (key, user) = (SecretKey::new([7; 32]), UserId::new());
        let token = write(&key, user);
        assert_eq!(read(&key, &token), Some(user));
        assert_eq!(read(&SecretKey::new([8; 32]), &token), None);
        let other = [UserId::new().as_uuid().as_bytes().as_slice(), &[0; 32]].concat();
        for text in ["", "x", &token[1..], &format!("{token}AAAA"), &URL_SAFE_NO_PAD.encode(other), &"A".repeat(10_000)]
        {
            assert_eq!(read(&key, text), None, "{text}");
        }
    }
}
