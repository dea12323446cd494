use std::{rc::Rc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, get, rt::time::timeout, web};
use balloond_domain::Services;
use futures_util::future::join3;
use serde::Serialize;
use utoipa::ToSchema;

use crate::realtime::Hub;

/// How long a part has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which parts answer. Without Redis or the object store we are slower, not gone: they do not decide.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    postgres: bool,
    redis: bool,
    object_store: bool,
    /// What happens in other processes is heard here at once.
    feed: bool,
}

/// This process is alive.
#[utoipa::path(tag = "process", responses((status = 200, description = "It is.")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// This process can serve: Postgres answers within two seconds.
#[utoipa::path(tag = "process", responses((status = 200, description = "It can.", body = Readiness), (status = 503, description = "It cannot.", body = Readiness)))]
#[get("/readyz")]
pub async fn readyz(request: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    let feed = request.app_data::<Rc<Hub>>().is_some_and(|hub| hub.hears());
    let (postgres, redis, object_store) = join3(
        in_time(services.database.is_up()),
        in_time(async { services.cache.ping().await.is_ok() }),
        in_time(async { services.storage.ping().await.is_ok() }),
    )
    .await;
    let mut answer = if postgres { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(Readiness { postgres, redis, object_store, feed })
}

async fn in_time(answer: impl Future<Output = bool>) -> bool {
    timeout(PATIENCE, answer).await.unwrap_or(false)
}
