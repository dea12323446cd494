use std::time::Duration;

use actix_web::{HttpRequest, post, web};
use balloond_domain::{Config, Services, job};
use balloond_shared::{ApiError, ErrorCode};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::{
    extract::bearer,
    refusal::{Answer, Refusal},
};

/// How long a drain goes on at most: schedulers give up after a minute.
const LIMIT: Duration = Duration::from_secs(50);
/// Seconds after which a scheduler may ask again while another drain goes on.
const RETRY_SECONDS: u64 = 60;

/// Lets an outside scheduler have the due jobs done, one drain at a time.
pub struct Drain {
    config: Config,
    turn: Mutex<()>,
}

impl Drain {
    pub fn new(config: &Config) -> Self {
        Self { config: config.clone(), turn: Mutex::default() }
    }

    fn admits(&self, request: &HttpRequest) -> bool {
        let token = self.config.jobs_token.as_ref();
        token.zip(bearer(request)).is_some_and(|(token, presented)| token.is(presented))
    }
}

/// What a drain left.
#[derive(Serialize, ToSchema)]
pub struct Drained {
    /// Jobs that are due and not done: the time was over, or another worker is at them.
    left: i64,
    /// Jobs that failed for good.
    dead: i64,
}

/// Does the background jobs that are due: for a scheduler outside, where no worker runs. Takes `JOBS_TOKEN` as bearer token.
#[utoipa::path(operation_id = "drain_jobs", tag = "process", security(("token" = [])), responses((status = 200, description = "Done, for up to 50 s.", body = Drained), (status = 429, description = "`rate_limited`: another drain goes on.")))]
#[post("/jobs/drain")]
pub async fn drain(
    request: HttpRequest,
    services: web::Data<Services>,
    drain: web::Data<Drain>,
) -> Answer<web::Json<Drained>> {
    if !drain.admits(&request) {
        return Err(ErrorCode::Unauthenticated.into());
    }
    let Ok(_turn) = drain.turn.try_lock() else {
        return Err(Refusal(ApiError::new(ErrorCode::RateLimited).retry_after(RETRY_SECONDS)));
    };
    let job::Drained { left, dead } = job::drain(&services, &drain.config, LIMIT).await?;
    Ok(web::Json(Drained { left, dead }))
}
