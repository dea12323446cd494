use balloond_database::verification;
use balloond_shared::UserId;
use chrono::{TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::{Result, Services, auth, leaving};

/// How long an account waits for its code.
const PENDING: TimeDelta = TimeDelta::hours(24);
/// Accounts a look.
const BATCH: i64 = 100;

/// Mails a code to whoever registered. Made when it is mailed, so that no job holds one.
#[derive(Serialize, Deserialize)]
pub(super) struct MailVerification {
    pub(super) user: UserId,
}

impl TaskHandler for MailVerification {
    const IDENTIFIER: &'static str = "mail_verification";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        auth::mail_verification(services(&context)?, self.user).await
    }
}

/// Mails a code for a new password, if the email has an account.
#[derive(Serialize, Deserialize)]
pub(super) struct MailReset {
    pub(super) email: String,
}

impl TaskHandler for MailReset {
    const IDENTIFIER: &'static str = "mail_reset";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        auth::mail_reset(services(&context)?, self.email).await
    }
}

/// Mails somebody that the way they log in has changed.
#[derive(Serialize, Deserialize)]
pub(super) struct MailChange {
    pub(super) user: UserId,
    pub(super) change: auth::Change,
}

impl TaskHandler for MailChange {
    const IDENTIFIER: &'static str = "mail_change";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        auth::mail_change(services(&context)?, self.user, self.change).await
    }
}

/// Erases the accounts whose email was not verified within a day.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteUnverified {}

impl TaskHandler for DeleteUnverified {
    const IDENTIFIER: &'static str = "delete_unverified";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        sweep(services(&context)?).await
    }
}

async fn sweep(services: &Services) -> Result<()> {
    loop {
        let mut conn = services.database.primary().await?;
        let run_out = verification::run_out(&mut conn, Utc::now() - PENDING, BATCH).await?;
        drop(conn);
        if run_out.is_empty() {
            return Ok(());
        }
        for user in run_out {
            leaving::erase_unverified(services, user).await?;
        }
    }
}
