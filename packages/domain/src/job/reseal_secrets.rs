use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::auth;

/// Brings what is sealed in the database under the key that seals now, so that the one before can go.
#[derive(Serialize, Deserialize)]
pub(super) struct ResealSecrets {}

impl TaskHandler for ResealSecrets {
    const IDENTIFIER: &'static str = "reseal_secrets";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        auth::reseal(services(&context)?).await
    }
}
