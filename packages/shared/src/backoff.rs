//! How long to wait before trying again.

/// Milliseconds before attempt `attempt` (0 is the first retry): doubling from half a second to 30 s, of which `random`
/// (0 to 1) picks a point in the upper half, so that many clients do not come back at once.
#[must_use]
pub fn backoff_ms(attempt: u32, random: f64) -> u32 {
    const FIRST: u32 = 500;
    const MOST: u32 = 30_000;
    let ceiling = FIRST.saturating_mul(2u32.saturating_pow(attempt)).min(MOST);
    let half = f64::from(ceiling) / 2.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 250 and 30,000")]
    let wait = (half + half * random.clamp(0.0, 1.0)) as u32;
    wait
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute_and_spread() {
        assert_eq!((backoff_ms(0, 0.0), backoff_ms(0, 1.0)), (250, 500));
        assert_eq!((backoff_ms(40, 0.0), backoff_ms(40, 1.0)), (15_000, 30_000));
    }
}
