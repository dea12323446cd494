use balloond_shared::{ChatId, MessageId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::Error;

/// Deletes the files of a chat's photo that no message names any more.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteChatPhoto {
    pub(super) chat: ChatId,
    pub(super) message: MessageId,
}

impl TaskHandler for DeleteChatPhoto {
    const IDENTIFIER: &'static str = "delete_chat_photo";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        services(&context)?.storage.delete_chat_photo(self.chat, self.message).await.map_err(Error::from)
    }
}
