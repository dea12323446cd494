//! How often anything may be done: every limit of the product, in one table.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use balloond_cache::RateLimit;
use balloond_shared::{ErrorCode, UserId};
use sha2::{Digest, Sha256};

use crate::{Error, Result, Services};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

const fn limit(name: &'static str, burst: u32, per: Duration) -> RateLimit {
    RateLimit { name, burst, per }
}

/// Homes and offices share an address; a list of stolen passwords needs many more tries than these.
pub(crate) const LOG_IN_BY_ADDRESS: RateLimit = limit("log_in:address", 60, Duration::from_secs(5 * 60));
/// Slows guessing one person's password from many addresses.
pub(crate) const LOG_IN_BY_ACCOUNT: RateLimit = limit("log_in:account", 10, Duration::from_secs(15 * 60));
pub(crate) const REGISTER_BY_ADDRESS: RateLimit = limit("register:address", 60, HOUR);
/// As many tabs as a browser may wake at once; a client that loops is stopped.
pub(crate) const REFRESH_BY_TOKEN: RateLimit = limit("refresh:token", 60, MINUTE);
/// Mails that strangers can have sent to one mailbox.
pub(crate) const VERIFICATION_BY_EMAIL: RateLimit = limit("verification:email", 10, HOUR);
pub(crate) const MAIL_BY_ACCOUNT: RateLimit = limit("mail:account", 5, HOUR);
pub(crate) const FORGOT_BY_ADDRESS: RateLimit = limit("forgot:address", 60, HOUR);
pub(crate) const FORGOT_BY_EMAIL: RateLimit = limit("forgot:email", 5, HOUR);
/// A code of 50 bits that lives for half an hour needs many more tries than these.
pub(crate) const RESET_BY_EMAIL: RateLimit = limit("reset:email", 20, HOUR);
pub(crate) const CODE_BY_ACCOUNT: RateLimit = limit("code:account", 20, HOUR);
pub(crate) const FLOAT: RateLimit = limit("float:user", 30, MINUTE);
/// No person types so fast: it stops a client that loops.
pub(crate) const SEND_MESSAGE: RateLimit = limit("message:user", 600, Duration::from_secs(10));
pub(crate) const SEARCH: RateLimit = limit("search:user", 60, MINUTE);
pub(crate) const GROUP: RateLimit = limit("group:user", 20, HOUR);
pub(crate) const INVITE: RateLimit = limit("invite:user", 100, HOUR);
pub(crate) const TYPING: RateLimit = limit("typing:user", 30, Duration::from_secs(30));
/// Each takes a core for a moment.
pub(crate) const UPLOAD: RateLimit = limit("upload:user", 20, Duration::from_secs(10 * 60));
/// Blocks, and what one keeps away.
pub(crate) const SAFETY: RateLimit = limit("safety:user", 60, MINUTE);
/// Each copies photos.
pub(crate) const REPORT: RateLimit = limit("report:user", 20, HOUR);
/// Each is a day's work for somebody's disk.
pub(crate) const EXPORT: RateLimit = limit("export:user", 10, HOUR);
/// Slows guessing the password of a session that was left open.
pub(crate) const PASSWORD_BY_ACCOUNT: RateLimit = limit("password:account", 10, Duration::from_secs(15 * 60));
/// A page that fails again and again has told enough.
pub(crate) const FAULT_BY_ADDRESS: RateLimit = limit("fault:address", 10, MINUTE);
pub(crate) const EDIT_PROFILE: RateLimit = limit("profile:user", 60, MINUTE);

/// Counts one attempt. `RateLimited`, with the time to wait, when there were too many.
pub(crate) async fn check(services: &Services, limit: &RateLimit, subject: &str) -> Result<()> {
    let decision = services.cache.check_rate(limit, subject).await;
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
    const BY_USER: [&RateLimit; 13] = [
        &GROUP,
        &INVITE,
        &FLOAT,
        &MAIL_BY_ACCOUNT,
        &CODE_BY_ACCOUNT,
        &SEND_MESSAGE,
        &TYPING,
        &UPLOAD,
        &SAFETY,
        &REPORT,
        &EXPORT,
        &PASSWORD_BY_ACCOUNT,
        &EDIT_PROFILE,
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
    fn a_secret_is_named_without_being_told() {
        assert_eq!(secret("ada@example.com"), secret("ada@example.com"));
        assert!(!secret("ada@example.com").contains("ada") && secret("ada@example.com") != secret("bob@example.com"));
    }
}
