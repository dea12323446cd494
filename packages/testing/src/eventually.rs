//! Waiting for what comes about without telling.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{interval, timeout};

/// Longer than anything here takes, shorter than anybody's patience.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again whether it is so. Where there is an event to wait for, wait for that instead.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let asking = async {
        let mut ticks = interval(Duration::from_millis(10));
        while !holds().await? {
            ticks.tick().await;
        }
        Ok(())
    };
    timeout(PATIENCE, asking).await.with_context(|| format!("{what} did not come about in time"))?
}
