use balloond_shared::ExportId;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::leaving;

/// Makes a copy of all that is kept of somebody.
#[derive(Serialize, Deserialize)]
pub(super) struct MakeExport {
    pub(super) export: ExportId,
}

impl TaskHandler for MakeExport {
    const IDENTIFIER: &'static str = "make_export";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        leaving::make_export(services(&context)?, self.export).await
    }
}

/// Deletes the copies whose time is over.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteExpiredExports {}

impl TaskHandler for DeleteExpiredExports {
    const IDENTIFIER: &'static str = "delete_expired_exports";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        leaving::delete_expired_exports(services(&context)?).await
    }
}
