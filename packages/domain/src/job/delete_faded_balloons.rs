use balloond_database::balloon;
use balloond_shared::balloon::{LIFETIME_DAYS, PAIR_COOLDOWN_DAYS};
use chrono::{TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::{Result, Services};

/// Counted from sending and whatever became of it, so that its going tells nothing; longer than any rule asks for it.
const KEPT: TimeDelta = TimeDelta::days(PAIR_COOLDOWN_DAYS + LIFETIME_DAYS);
/// Rows a statement: small enough to hold no lock for long.
const BATCH: i64 = 1000;

/// Deletes the balloons that nobody caught: what was written to nobody's delight is not kept for ever.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteFadedBalloons {}

impl TaskHandler for DeleteFadedBalloons {
    const IDENTIFIER: &'static str = "delete_faded_balloons";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        sweep(services(&context)?).await
    }
}

async fn sweep(services: &Services) -> Result<()> {
    let mut conn = services.database.primary().await?;
    while balloon::delete_faded(&mut conn, Utc::now() - KEPT, BATCH).await? > 0 {}
    Ok(())
}
