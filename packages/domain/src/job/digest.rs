use balloond_shared::UserId;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::notification;

/// Enqueues the digests that are due.
#[derive(Serialize, Deserialize)]
pub(super) struct EnqueueDigests {}

impl TaskHandler for EnqueueDigests {
    const IDENTIFIER: &'static str = "enqueue_digests";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::enqueue_digests(services(&context)?).await
    }
}

/// Mails one person what waits for them.
#[derive(Serialize, Deserialize)]
pub(super) struct MailDigest {
    user: UserId,
}

impl TaskHandler for MailDigest {
    const IDENTIFIER: &'static str = "mail_digest";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::mail_digest(services(&context)?, self.user).await
    }
}
