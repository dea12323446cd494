//! Rate limits by the generic cell rate algorithm (ITU-T I.371): one timestamp a subject, an even refill, and an
//! exact time to wait.

use std::{
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use quick_cache::unsync;

use crate::{Cache, VERSION, connections::Lua};

static GCRA: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("gcra.lua")));

/// Subjects that are counted in this process while Redis is away.
const LOCAL_SUBJECTS: usize = 50_000;

/// `burst` at once, refilled evenly.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// Names the limit in Redis.
    pub name: &'static str,
    pub burst: u32,
    /// The time in which an exhausted `burst` is whole again.
    pub per: Duration,
}

/// What became of one attempt. The durations have a granularity of a microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDecision {
    pub allowed: bool,
    /// Attempts that would be allowed right now.
    pub remaining: u32,
    /// Until the next attempt is allowed; zero when this one was.
    pub retry_after: Duration,
    /// Until all of the burst is there again.
    pub reset_after: Duration,
}

impl Cache {
    /// Counts one attempt of `subject` against `limit`, atomically among all processes; a refused attempt costs
    /// nothing. With Redis away the process counts by itself, so that a limit is at worst multiplied by the number
    /// of processes. `subject` is stored as it is for at most [`RateLimit::per`].
    pub async fn check_rate(&self, limit: &RateLimit, subject: &str) -> RateDecision {
        let key = limit.key(subject);
        let (interval, tolerance) = (limit.interval().to_string(), limit.tolerance().to_string());
        let counted: Result<(bool, u64), _> =
            self.0.connections.run(&GCRA, &[&key], &[interval.as_bytes(), tolerance.as_bytes()]).await;
        match counted {
            Ok((allowed, backlog)) => limit.decision(allowed, backlog),
            Err(_) => self.0.local_rates.check(limit, key),
        }
    }

    /// Counts one attempt in this process alone, without a command to Redis: for what is frequent and does little harm.
    #[must_use]
    pub fn check_rate_here(&self, limit: &RateLimit, subject: &str) -> RateDecision {
        self.0.local_rates.check(limit, limit.key(subject))
    }

    /// Gives `subject` its whole burst back: it proved to be who it says.
    pub async fn reset_rate(&self, limit: &RateLimit, subject: &str) {
        let key = limit.key(subject);
        self.0.local_rates.forget(&key);
        let forgotten: Result<(), _> = self.0.connections.query(redis::cmd("UNLINK").arg(&key)).await;
        if let Err(error) = forgotten {
            tracing::debug!(%error, limit = limit.name, "a rate was not reset");
        }
    }
}

impl RateLimit {
    fn key(&self, subject: &str) -> String {
        format!("{VERSION}:rate:{}:{subject}", self.name)
    }

    /// Microseconds that one attempt takes to refill.
    fn interval(&self) -> u64 {
        (self.tolerance() / u64::from(self.burst.max(1))).max(1)
    }

    /// Microseconds that the arrival time may be ahead: all of the burst.
    fn tolerance(&self) -> u64 {
        as_micros(self.per).max(1)
    }

    /// `backlog`: microseconds from now to the arrival time, this attempt counted if it was allowed.
    fn decision(&self, allowed: bool, backlog: u64) -> RateDecision {
        let (interval, tolerance) = (self.interval(), self.tolerance());
        let retry_after = if allowed { 0 } else { (backlog + interval).saturating_sub(tolerance) };
        RateDecision {
            allowed,
            remaining: u32::try_from(tolerance.saturating_sub(backlog) / interval).unwrap_or(u32::MAX).min(self.burst),
            retry_after: Duration::from_micros(retry_after),
            reset_after: Duration::from_micros(backlog),
        }
    }

    /// The decision at `now` and the new arrival time; what `gcra.lua` does, on a clock of our own (microseconds).
    fn attempt(&self, arrival: u64, now: u64) -> (RateDecision, u64) {
        let backlog = arrival.saturating_sub(now);
        let allowed = backlog + self.interval() <= self.tolerance();
        let backlog = if allowed { backlog + self.interval() } else { backlog };
        (self.decision(allowed, backlog), now + backlog)
    }
}

/// The limits of this process alone. Bounded: past the capacity the subject seen least is forgotten.
pub(crate) struct LocalRates {
    started: Instant,
    arrivals: Mutex<unsync::Cache<String, u64>>,
}

impl Default for LocalRates {
    fn default() -> Self {
        Self { started: Instant::now(), arrivals: Mutex::new(unsync::Cache::new(LOCAL_SUBJECTS)) }
    }
}

impl LocalRates {
    fn forget(&self, key: &str) {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn check(&self, limit: &RateLimit, key: String) -> RateDecision {
        let now = as_micros(self.started.elapsed());
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let (decision, arrival) = limit.attempt(arrivals.get(&key).copied().unwrap_or(now), now);
        arrivals.insert(key, arrival);
        decision
    }
}

fn as_micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: RateLimit = RateLimit { name: "test", burst: 3, per: Duration::from_secs(30) };
    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_burst_then_a_refusal_with_the_exact_wait() {
        let (mut arrival, mut remaining) = (0, Vec::new());
        for _ in 0..3 {
            let (decision, next) = LIMIT.attempt(arrival, 5 * SECOND);
            assert!(decision.allowed);
            assert_eq!(decision.retry_after, Duration::ZERO);
            (arrival, _) = (next, remaining.push(decision.remaining));
        }
        assert_eq!(remaining, [2, 1, 0]);
        let (refused, after) = LIMIT.attempt(arrival, 5 * SECOND);
        assert_eq!(after, arrival, "a refusal costs nothing");
        assert_eq!(
            refused,
            RateDecision {
                allowed: false,
                remaining: 0,
                retry_after: Duration::from_secs(10),
                reset_after: Duration::from_secs(30)
            }
        );
        assert!(LIMIT.attempt(arrival, 15 * SECOND).0.allowed);
        assert!(!LIMIT.attempt(arrival, 15 * SECOND - 1).0.allowed);
    }

    proptest! {
        /// In any window no more than the burst and what was refilled in it.
        #[test]
        fn never_more_than_the_limit(
            burst in 1_u32..20,
            seconds in 1_u64..100,
            gaps in prop::collection::vec(0_u64..5 * SECOND, 1..200),
        ) {
            let limit = RateLimit { name: "test", burst, per: Duration::from_secs(seconds) };
            let (mut now, mut arrival, mut allowed) = (0, 0, 0_u64);
            for gap in gaps {
                now += gap;
                let (decision, next) = limit.attempt(arrival, now);
                arrival = next;
                allowed += u64::from(decision.allowed);
                prop_assert!(decision.reset_after <= limit.per);
                prop_assert_eq!(decision.allowed, decision.retry_after.is_zero());
                if !decision.allowed {
                    prop_assert!(limit.attempt(arrival, now + as_micros(decision.retry_after)).0.allowed);
                }
            }
            prop_assert!(allowed <= u64::from(burst) + now / limit.interval());
        }
    }

    #[test]
    fn the_local_limiter_forgets_rather_than_grows() {
        let rates = LocalRates::default();
        for subject in 0..LOCAL_SUBJECTS * 2 {
            rates.check(&LIMIT, subject.to_string());
        }
        assert!(rates.arrivals.lock().unwrap().len() <= LOCAL_SUBJECTS);
    }
}
