use balloond_shared::{ErasureId, PhotoId, UserId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::leaving;

/// Removes what is left of an erased person, and closes the receipt if there is one.
#[derive(Serialize, Deserialize)]
pub(super) struct EraseAccount {
    pub(super) user: UserId,
    pub(super) receipt: Option<ErasureId>,
    /// Those of the profile.
    #[serde(default)]
    pub(super) photos: Vec<PhotoId>,
}

impl TaskHandler for EraseAccount {
    const IDENTIFIER: &'static str = "erase_account";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        leaving::finish_erasure(services(&context)?, self.user, self.receipt, self.photos).await
    }
}
