use balloond_shared::{PhotoId, UserId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::photo;

/// Deletes the files of a photo that no row names any more, and their copies at the CDN.
#[derive(Serialize, Deserialize)]
pub(super) struct DeletePhotoObjects {
    pub(super) user: UserId,
    pub(super) photo: PhotoId,
}

impl TaskHandler for DeletePhotoObjects {
    const IDENTIFIER: &'static str = "delete_photo_objects";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        photo::delete_files(services(&context)?, self.user, self.photo).await
    }
}
