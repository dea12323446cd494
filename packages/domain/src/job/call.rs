use balloond_shared::{BalloonId, ChatId, SessionId, UserId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::notification;

/// Calls the members of a chat who are away; enqueued with the message by [`balloond_database::message::insert`].
#[derive(Serialize, Deserialize)]
pub(super) struct CallMembers {
    chat: ChatId,
    /// Only this one, who was not to be called before.
    user: Option<UserId>,
    #[serde(default)]
    last: bool,
}

impl TaskHandler for CallMembers {
    const IDENTIFIER: &'static str = "call_members";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::call_members(services(&context)?, self.chat, self.user, self.last).await
    }
}

/// Sends one note to one browser.
#[derive(Serialize, Deserialize)]
pub(super) struct Push {
    chat: ChatId,
    session: SessionId,
}

impl TaskHandler for Push {
    const IDENTIFIER: &'static str = "push";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::push(services(&context)?, self.chat, self.session).await
    }
}

/// Calls whoever a balloon is for, if they are away.
#[derive(Serialize, Deserialize)]
pub(super) struct CallReceiver {
    balloon: BalloonId,
    #[serde(default)]
    last: bool,
}

impl TaskHandler for CallReceiver {
    const IDENTIFIER: &'static str = "call_receiver";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::call_receiver(services(&context)?, self.balloon, self.last).await
    }
}

/// Sends one note about a balloon to one browser.
#[derive(Serialize, Deserialize)]
pub(super) struct PushBalloon {
    balloon: BalloonId,
    session: SessionId,
}

impl TaskHandler for PushBalloon {
    const IDENTIFIER: &'static str = "push_balloon";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        notification::push_balloon(services(&context)?, self.balloon, self.session).await
    }
}
