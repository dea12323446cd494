use balloond_database::{account, api_token};
use chrono::{TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use super::worker::services;
use crate::{Result, Services, auth::SESSION_LIFE};

/// Longer than an access token lives: until then a revoked session has to be found.
const KEPT: TimeDelta = TimeDelta::days(1);
/// Rows a statement: small enough to hold no lock for long.
const BATCH: i64 = 1000;

/// Deletes the sessions and the tokens for programs that ended, and the refresh tokens that are too old to tell of a theft. (Braces: a job's payload is an
/// object, an empty one too.)
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteEndedSessions {}

impl TaskHandler for DeleteEndedSessions {
    const IDENTIFIER: &'static str = "delete_ended_sessions";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        sweep(services(&context)?).await
    }
}

async fn sweep(services: &Services) -> Result<()> {
    let now = Utc::now();
    let mut conn = services.database.primary().await?;
    while account::delete_ended_sessions(&mut conn, now - KEPT, BATCH).await? > 0 {}
    while api_token::delete_ended(&mut conn, now - KEPT, BATCH).await? > 0 {}
    while account::delete_replaced_tokens(&mut conn, now - SESSION_LIFE, BATCH).await? > 0 {}
    Ok(())
}
