//! The sessions that ended while an access token of theirs is still valid.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use balloond_shared::SessionId;

use super::ACCESS_TOKEN_LIFE;

/// What is remembered beyond the tokens' life, for clocks that differ.
const MARGIN: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct RevokedSessions(RwLock<HashMap<SessionId, Instant>>);

impl RevokedSessions {
    pub(super) fn contains(&self, session: SessionId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }

    /// Whether it was not known before. Forgets what no token can ask for any more.
    pub(super) fn insert(&self, session: SessionId, now: Instant) -> bool {
        let mut sessions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() == sessions.capacity() {
            sessions.retain(|_, revoked_at| now.saturating_duration_since(*revoked_at) < ACCESS_TOKEN_LIFE + MARGIN);
        }
        sessions.insert(session, now).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_as_long_as_its_tokens_and_then_forgotten() {
        let (revoked, start) = (RevokedSessions::default(), Instant::now());
        let first = SessionId::new();
        assert!(!revoked.contains(first));
        assert!(revoked.insert(first, start) && !revoked.insert(first, start));
        for _ in 0..1000 {
            revoked.insert(SessionId::new(), start + ACCESS_TOKEN_LIFE);
        }
        assert!(revoked.contains(first));
        for _ in 0..10_000 {
            revoked.insert(SessionId::new(), start + ACCESS_TOKEN_LIFE + MARGIN);
        }
        assert!(!revoked.contains(first));
    }
}
