use balloond_database::idempotency;
use chrono::Utc;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::{Result, Services, idempotency::KEPT};

/// Rows a statement: small enough to hold no lock for long.
const BATCH: i64 = 1000;

/// Forgets what repeated requests would be answered, when nobody repeats them any more.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteIdempotencyKeys {}

impl TaskHandler for DeleteIdempotencyKeys {
    const IDENTIFIER: &'static str = "delete_idempotency_keys";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        sweep(services(&context)?).await
    }
}

async fn sweep(services: &Services) -> Result<()> {
    let cutoff = Utc::now() - KEPT;
    let mut conn = services.database.primary().await?;
    while idempotency::delete_before(&mut conn, cutoff, BATCH).await? > 0 {}
    Ok(())
}
