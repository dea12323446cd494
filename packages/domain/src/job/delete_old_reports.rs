use balloond_database::report;
use balloond_shared::report::KEPT_DAYS;
use chrono::{TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::{Result, Services};

/// Rows a statement: small enough to hold no lock for long.
const BATCH: i64 = 100;

/// Deletes reports, and the photos copied for them, when they are no longer needed.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteOldReports {}

impl TaskHandler for DeleteOldReports {
    const IDENTIFIER: &'static str = "delete_old_reports";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        sweep(services(&context)?).await
    }
}

async fn sweep(services: &Services) -> Result<()> {
    let cutoff = Utc::now() - TimeDelta::days(KEPT_DAYS);
    let mut conn = services.database.primary().await?;
    loop {
        let gone = report::delete_before(&mut conn, cutoff, BATCH).await?;
        if gone.is_empty() {
            return Ok(());
        }
        for report in gone {
            services.storage.delete_evidence(report).await?;
        }
    }
}
