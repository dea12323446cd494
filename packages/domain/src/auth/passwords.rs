//! Hashing passwords: argon2id, away from the async threads, never more at once than there is memory and time for.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::Error as HashError,
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{Error, Result};

/// OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const PARAMS: Params = Params::DEFAULT;
const _: () = assert!(PARAMS.m_cost() == 19 * 1024 && PARAMS.t_cost() == 2 && PARAMS.p_cost() == 1);

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(2);
/// Requests that may wait, for each that is at work; more would wait in vain.
const WAITING_EACH: usize = 16;

/// Nobody's: a log-in without an account is checked against it, so that it takes the same work.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YmFsbG9vbmQgbm9ib2R5cw$T2Ygbm8gcGFzc3dvcmQgYXQgYWxsLCB0aGUgaGFzaC4";

/// The bounded pool in which passwords are hashed. Cheap to clone. Each hash takes fresh memory: kept ready, it would be
/// resident for good.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    wait: Duration,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed in a way of the past; the password's new hash.
    Outdated(String),
}

#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being hashed")]
struct Busy;

impl Passwords {
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(at_once * (1 + WAITING_EACH)), turns: semaphore(at_once), wait: WAIT }
    }

    /// A PHC string with a salt of its own. `Unavailable` when too many wait already.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(&password)).await?
    }

    /// Checks a password against `stored`, or against nobody's hash: the same work, and always wrong. `Unavailable` as above.
    pub(super) async fn verify(&self, password: String, stored: Option<String>) -> Result<Verdict> {
        self.run(move || match stored {
            Some(stored) => verify(&password, &stored),
            None => verify(&password, NOBODYS_HASH).map(|_| Verdict::Wrong),
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::unavailable(Busy))?;
        let turn =
            timeout(self.wait, Arc::clone(&self.turns).acquire_owned()).await.map_err(|_| Error::unavailable(Busy))?;
        let work = move || {
            // Held until the work is done: a request that was given up still occupies its core.
            let _held = (place, turn);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, PARAMS)
}

fn hash(password: &str) -> Result<String> {
    Ok(hasher().hash_password(password.as_bytes()).map_err(Error::internal)?.to_string())
}

/// Hashes as `stored` says it was hashed.
fn verify(password: &str, stored: &str) -> Result<Verdict> {
    let stored = PasswordHash::new(stored).map_err(Error::internal)?;
    match hasher().verify_password(password.as_bytes(), &stored) {
        Ok(()) if is_current(&stored) => Ok(Verdict::Right),
        Ok(()) => hash(password).map(Verdict::Outdated),
        Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(Error::internal(error)),
    }
}

fn is_current(stored: &PasswordHash) -> bool {
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    stored.algorithm == Algorithm::Argon2id.ident()
        && stored.version == Some(Version::V0x13.into())
        && Params::try_from(stored).is_ok_and(|params| costs(&params) == costs(&PARAMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let passwords = Passwords::new(1);
        let stored = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(stored, passwords.hash("correct horse".to_owned()).await.unwrap(), "each has a salt of its own");
        let verdict = |password: &str| passwords.verify(password.to_owned(), Some(stored.clone()));
        assert_eq!(verdict("correct horse").await.unwrap(), Verdict::Right);
        assert_eq!(verdict("correct horse ").await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn nobodys_hash_takes_the_same_work_and_fits_nothing() {
        assert!(is_current(&PasswordHash::new(NOBODYS_HASH).unwrap()));
        let verdict = Passwords::new(1).verify("anything".to_owned(), None).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    #[test]
    fn a_hash_of_the_past_is_replaced() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let stored = weak.hash_password(b"correct horse").unwrap().to_string();
        let Verdict::Outdated(next) = verify("correct horse", &stored).unwrap() else { panic!("not outdated") };
        assert_eq!(verify("correct horse", &next).unwrap(), Verdict::Right);
        assert_eq!(verify("wrong", &stored).unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn past_the_bound_it_refuses_at_once_and_recovers() {
        let passwords = Passwords::new(1);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let busy = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.run(move || held.recv()).await }
        });
        while passwords.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let places = passwords.places.clone().acquire_many_owned(u32::try_from(WAITING_EACH).unwrap()).await.unwrap();
        assert!(matches!(passwords.run(|| ()).await, Err(Error::Unavailable(_))));
        drop((places, release));
        assert!(busy.await.unwrap().unwrap().is_err(), "the channel was closed");
        assert!(passwords.run(|| ()).await.is_ok());
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let passwords = Passwords { wait: Duration::ZERO, ..Passwords::new(1) };
        let _turn = passwords.turns.clone().acquire_owned().await.unwrap();
        assert!(matches!(passwords.run(|| ()).await, Err(Error::Unavailable(_))));
    }
}
