//! What went wrong in a browser, told by the page itself: no script of somebody else's watches.

use balloond_shared::FieldErrors;

use crate::{Client, Result, Services, limits};

/// What a page may tell of.
const KINDS: [&str; 4] = ["panic", "script", "promise", "request"];
/// Characters of what is kept.
const LONGEST: usize = 1000;

/// Logs a browser's fault, and so reports it. `Invalid` for one that no page of ours tells; `RateLimited` when one address tells
/// too many.
pub async fn from_browser(services: &Services, client: &Client, kind: &str, what: &str, page: &str) -> Result<()> {
    limits::check(services, &limits::FAULT_BY_ADDRESS, &limits::address(client.address)).await?;
    let mut errors = FieldErrors::default();
    if !KINDS.contains(&kind) {
        errors.push("kind", "not_allowed", "This is not a kind of fault.");
    }
    if what.trim().is_empty() {
        errors.push("what", "required", "Say what went wrong.");
    }
    if !page.starts_with('/') || page.len() > LONGEST {
        errors.push("page", "malformed", "This is not a page of ours.");
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let what: String = what.chars().take(LONGEST).collect();
    let (what, page) = (balloond_faults::scrub(&what), balloond_faults::scrub(page));
    tracing::error!(target: "browser", kind, what, page, "a browser failed");
    Ok(())
}
