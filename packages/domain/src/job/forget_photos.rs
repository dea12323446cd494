use balloond_shared::{ErasureId, PhotoId, UserId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::leaving;

/// Has the CDN forget the photos of an erased person, and closes the receipt if there is one.
#[derive(Serialize, Deserialize)]
pub(super) struct ForgetPhotos {
    pub(super) user: UserId,
    pub(super) photos: Vec<PhotoId>,
    pub(super) receipt: Option<ErasureId>,
}

impl TaskHandler for ForgetPhotos {
    const IDENTIFIER: &'static str = "forget_photos";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        leaving::finish_forgetting(services(&context)?, self.user, &self.photos, self.receipt).await
    }
}
