//! How often anything may be done: every limit of the product, in one table.

use std::{
    cell::RefCell,
    fmt::Write,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use balloond_cache::{RateDecision, RateLimit};
use balloond_shared::{ErrorCode, UserId};
use sha2::{Digest, Sha256};

use crate::{Error, Result, Services};

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Every limit with its name in answers, so many at once, the time in which they are whole again, and what it counts.
macro_rules! limits {
    ($($(#[$note:meta])* $limit:ident = $name:literal, $burst:literal, $per:expr, $counts:literal;)+) => {
        $($(#[$note])* pub(crate) const $limit: RateLimit = RateLimit { name: $name, burst: $burst, per: Duration::from_secs($per) };)+

        /// All there are, each with what it counts.
        pub const ALL: &[(RateLimit, &str)] = &[$(($limit, $counts)),+];
    };
}

limits! {
    /// Homes and offices share an address; a list of stolen passwords needs many more tries than these.
    LOG_IN_BY_ADDRESS = "log_in:address", 60, 5 * MINUTE, "log-ins, from one address";
    /// Slows guessing one person's password from many addresses.
    LOG_IN_BY_ACCOUNT = "log_in:account", 10, 15 * MINUTE, "failed log-ins, to one email";
    REGISTER_BY_ADDRESS = "register:address", 60, HOUR, "registrations, from one address";
    /// As many tabs as a browser may wake at once; a client that loops is stopped.
    REFRESH_BY_TOKEN = "refresh:token", 60, MINUTE, "refreshes, with one token";
    /// Mails that strangers can have sent to one mailbox.
    VERIFICATION_BY_EMAIL = "verification:email", 10, HOUR, "registrations, with one email";
    MAIL_BY_ACCOUNT = "mail:account", 5, HOUR, "verification mails asked for again";
    FORGOT_BY_ADDRESS = "forgot:address", 60, HOUR, "forgotten passwords, from one address";
    FORGOT_BY_EMAIL = "forgot:email", 5, HOUR, "forgotten passwords, of one email";
    /// A code of 50 bits that lives for half an hour needs many more tries than these.
    RESET_BY_EMAIL = "reset:email", 20, HOUR, "codes tried for a new password, of one email";
    /// Of a million codes three are right at a time: whoever has the password and goes on guessing needs years.
    SECOND_STEP_BY_ACCOUNT = "second_step:account", 10, HOUR, "codes tried for the second step, of one account";
    CODE_BY_ACCOUNT = "code:account", 20, HOUR, "codes tried to verify an email";
    FLOAT = "float:user", 30, MINUTE, "balloons floated";
    /// No person types so fast: it stops a client that loops.
    SEND_MESSAGE = "message:user", 600, 10 * SECOND, "messages sent and changed, reactions";
    SEARCH = "search:user", 60, MINUTE, "searches";
    GROUP = "group:user", 20, HOUR, "groups made";
    INVITE = "invite:user", 100, HOUR, "invitations, and changes of a group";
    TYPING = "typing:user", 30, 30 * SECOND, "`typing` over the socket";
    /// Each takes a core for a moment.
    UPLOAD = "upload:user", 20, 10 * MINUTE, "photos";
    SAFETY = "safety:user", 60, MINUTE, "blocks, and changes of what one keeps away and shows";
    /// Each copies photos.
    REPORT = "report:user", 20, HOUR, "reports";
    /// Each is a day's work for somebody's disk.
    EXPORT = "export:user", 10, HOUR, "exports";
    /// Slows guessing the password of a session that was left open.
    PASSWORD_BY_ACCOUNT = "password:account", 10, 15 * MINUTE, "wrong passwords of somebody signed in";
    /// A page that fails again and again has told enough.
    FAULT_BY_ADDRESS = "fault:address", 10, MINUTE, "faults that a page tells of, from one address";
    /// Counted by each process for itself: a command to Redis for every page that is seen would cost more than the page.
    VIEW_BY_ADDRESS = "view:address", 600, MINUTE, "pages told as seen, from one address, by process";
    NOTIFICATIONS = "notifications:user", 30, MINUTE, "changes of how one is called";
    EDIT_PROFILE = "profile:user", 60, MINUTE, "changes of a profile";
}

tokio::task_local! {
    static COUNTED: RefCell<Vec<(RateLimit, RateDecision)>>;
}

/// Runs `work`, and tells what it counted against which limits, in that order.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, Vec<(RateLimit, RateDecision)>) {
    let counted = COUNTED.scope(RefCell::default(), async {
        let done = work.await;
        (done, COUNTED.with(RefCell::take))
    });
    counted.await
}

/// Counts one attempt. `RateLimited`, with the time to wait, when there were too many.
pub(crate) async fn check(services: &Services, limit: &RateLimit, subject: &str) -> Result<()> {
    decide(limit, services.cache.check_rate(limit, subject).await)
}

/// As [`check`], in this process alone.
pub(crate) fn check_here(services: &Services, limit: &RateLimit, subject: &str) -> Result<()> {
    decide(limit, services.cache.check_rate_here(limit, subject))
}

fn decide(limit: &RateLimit, decision: RateDecision) -> Result<()> {
    // Outside of [`counting`] nobody asks.
    let _ = COUNTED.try_with(|counted| counted.borrow_mut().push((*limit, decision)));
    if decision.allowed {
        return Ok(());
    }
    Err(Error::RefusedFor { code: ErrorCode::RateLimited, after: decision.retry_after })
}

/// Forgets the attempts of one who proved to be who they say: only failures count.
pub(crate) async fn reset(services: &Services, limit: &RateLimit, subject: &str) {
    services.cache.reset_rate(limit, subject).await;
}

/// Forgets what was counted for a person who is no more.
pub(crate) async fn forget(services: &Services, user: UserId) {
    const BY_USER: [&RateLimit; 15] = [
        &GROUP,
        &INVITE,
        &FLOAT,
        &MAIL_BY_ACCOUNT,
        &CODE_BY_ACCOUNT,
        &SECOND_STEP_BY_ACCOUNT,
        &SEND_MESSAGE,
        &TYPING,
        &UPLOAD,
        &SAFETY,
        &REPORT,
        &EXPORT,
        &PASSWORD_BY_ACCOUNT,
        &EDIT_PROFILE,
        &NOTIFICATIONS,
    ];
    for limit in BY_USER {
        reset(services, limit, &user.to_string()).await;
    }
}

/// An address as a subject. Of IPv6 the network: a household has 2^64 addresses to choose from.
pub(crate) fn address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
    }
}

/// What should not stand in Redis as it is: an email, a token.
pub(crate) fn secret(text: &str) -> String {
    let mut name = String::with_capacity(32);
    for byte in Sha256::digest(text).iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_person_as_far_as_that_can_be_told() {
        let subject = |text: &str| address(text.parse().unwrap());
        assert_eq!(subject("203.0.113.7"), "203.0.113.7");
        assert_eq!(subject("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(subject("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(subject("2001:db8:1:2:ffff::1"), subject("2001:db8:1:2::"));
    }

    #[test]
    fn the_documentation_tells_every_limit() {
        let page = include_str!("../../../docs/API.md");
        for (RateLimit { name, burst, per }, counts) in ALL {
            let row = format!("| `{name}` | {counts} | {burst} | {} s |", per.as_secs());
            assert!(page.contains(&row), "docs/API.md lacks this row:\n{row}");
        }
    }

    #[tokio::test]
    async fn what_was_counted_is_told_to_whoever_asks() {
        let decision =
            RateDecision { allowed: true, remaining: 2, retry_after: Duration::ZERO, reset_after: Duration::ZERO };
        let (done, counted) = counting(async {
            COUNTED.with(|counted| counted.borrow_mut().push((FLOAT, decision)));
            7
        })
        .await;
        assert_eq!((done, counted.len()), (7, 1));
        assert!(COUNTED.try_with(|_| ()).is_err());
    }

    #[test]
    fn a_secret_is_named_without_being_told() {
        assert_eq!(secret("ada@example.com"), secret("ada@example.com"));
        assert!(!secret("ada@example.com").contains("ada") && secret("ada@example.com") != secret("bob@example.com"));
    }
}
