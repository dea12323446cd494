use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::page_view;

/// Adds up by day how often the pages were seen.
#[derive(Serialize, Deserialize)]
pub(super) struct RollUpPageViews {}

impl TaskHandler for RollUpPageViews {
    const IDENTIFIER: &'static str = "roll_up_page_views";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        page_view::roll_up(services(&context)?).await
    }
}
