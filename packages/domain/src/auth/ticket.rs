//! What stands between the two steps of a log-in: a signed note that the password was right. It is kept nowhere, lives for
//! five minutes, and is worth nothing once the password changes.

use balloond_shared::UserId;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::config::SecretKey;

/// Seconds for the second step.
pub(super) const LIFE: i64 = 5 * 60;
const USER: usize = 16;
const EXPIRES: usize = 8;
const MAC: usize = 32;

/// A ticket as it was shown; nothing about it is proved before [`Ticket::is_genuine`].
pub(super) struct Ticket {
    pub(super) user: UserId,
    expires_at: i64,
    mac: [u8; MAC],
}

pub(super) fn issue(key: &SecretKey, user: UserId, password_hash: &str, now: i64) -> String {
    let expires_at = now + LIFE;
    let mac = sign(key, user, expires_at, password_hash).finalize().into_bytes();
    let user = user.as_uuid();
    URL_SAFE_NO_PAD.encode([user.as_bytes().as_slice(), &expires_at.to_be_bytes(), &mac].concat())
}

impl Ticket {
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > 2 * (USER + EXPIRES + MAC) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user, rest) = bytes.split_first_chunk::<USER>()?;
        let (expires_at, mac) = rest.split_first_chunk::<EXPIRES>()?;
        Some(Self {
            user: UserId::from_uuid(Uuid::from_bytes(*user)),
            expires_at: i64::from_be_bytes(*expires_at),
            mac: mac.try_into().ok()?,
        })
    }

    /// Whether we made it, not long ago, for who still has this password.
    pub(super) fn is_genuine(&self, key: &SecretKey, password_hash: &str, now: i64) -> bool {
        now < self.expires_at && sign(key, self.user, self.expires_at, password_hash).verify_slice(&self.mac).is_ok()
    }
}

fn sign(key: &SecretKey, user: UserId, expires_at: i64, password_hash: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("a key of 32 bytes");
    for part in ["second step", &user.to_string(), &expires_at.to_string(), password_hash] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_one_person_for_a_while_and_with_one_password() {
        let (key, user) = (SecretKey::new([7; 32]), UserId::new());
        let text = issue(&key, user, "hash", 1000);
        let ticket = Ticket::read(&text).unwrap();
        assert_eq!(ticket.user, user);
        assert!(ticket.is_genuine(&key, "hash", 1000 + LIFE - 1));
        assert!(!ticket.is_genuine(&key, "hash", 1000 + LIFE));
        assert!(!ticket.is_genuine(&key, "another", 1000));
        assert!(!ticket.is_genuine(&SecretKey::new([8; 32]), "hash", 1000));
        let other = Ticket { user: UserId::new(), ..Ticket::read(&text).unwrap() };
        assert!(!other.is_genuine(&key, "hash", 1000));
        for text in ["", "x", &text[1..], &format!("{text}AAAA"), &"A".repeat(10_000)] {
            assert!(Ticket::read(text).is_none(), "{text}");
        }
    }
}
