//! Codes that are mailed, or kept on paper: ten characters that are hard to mistake, kept as a keyed hash, good once and for a while.

use balloond_database::{AsyncPgConnection, verification};
use balloond_shared::UserId;
use chrono::{TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Result, Services};

/// How long a code works.
pub(super) const LIFE: TimeDelta = TimeDelta::minutes(30);
/// Wrong guesses until a code is worth nothing: 10 of 32^10.
const TRIES: i16 = 10;
/// Crockford's base 32, without the letters that look like digits.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
const LENGTH: usize = 10;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Verify,
    Reset,
    /// On paper, in the place of a code from an app.
    Recover,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Recover => "recover",
        }
    }
}

/// Makes a code for somebody, stores its hash, and answers it as it is mailed.
pub(super) async fn issue(
    services: &Services,
    conn: &mut AsyncPgConnection,
    user: UserId,
    purpose: Purpose,
) -> Result<String> {
    let code = random();
    let hash = hash(services, user, purpose, &normal(&code));
    verification::put_code(conn, user, purpose.name(), &hash, Utc::now() + LIFE).await?;
    Ok(code)
}

/// A new code: `ABCDE-FGHJK`.
pub(super) fn random() -> String {
    let random: [u8; LENGTH] = rand::random();
    let code: String = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).collect();
    let (first, second) = code.split_at(LENGTH / 2);
    format!("{first}-{second}")
}

/// Whether this is the code, as far as it still works; then it is used up. A wrong one counts, so the transaction has to commit.
pub(super) async fn redeem(
    services: &Services,
    conn: &mut AsyncPgConnection,
    user: UserId,
    purpose: Purpose,
    typed: &str,
) -> Result<bool> {
    let expected = verification::try_code(conn, user, purpose.name()).await?;
    let given = hash(services, user, purpose, &normal(typed));
    let is_right = expected
        .is_some_and(|code| code.expires_at > Utc::now() && code.tries <= TRIES && same(&code.code_hash, &given));
    if is_right {
        verification::use_up_code(conn, user, purpose.name()).await?;
    }
    Ok(is_right)
}

/// As people type it: in any case, with or without what stands between, `O` for `0`, `I` and `L` for `1`.
pub(super) fn normal(typed: &str) -> String {
    let plain = |c: char| match c.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        c if ALPHABET.contains(&c) => Some(c),
        _ => None,
    };
    typed.chars().take(64).filter_map(plain).collect()
}

pub(super) fn hash(services: &Services, user: UserId, purpose: Purpose, code: &str) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(services.tokens.secret().expose()).expect("a key of 32 bytes");
    for part in ["mail code", purpose.name(), &user.to_string(), code] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.finalize().into_bytes().into()
}

/// Takes as long wherever the first difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["ABCDE-01234", " abcde 01234 ", "abcdeoi234", "ABCDE-O1234"] {
            assert!(["ABCDE01234", "ABCDE01234"].contains(&normal(typed).as_str()), "{typed}");
        }
        assert_eq!(normal("é💥"), "");
        assert!(same(b"ab", b"ab") && !same(b"ab", b"ac") && !same(b"ab", b"a"));
    }
}
