//! The application of one worker: its data, what wraps every request, its routes.

use std::rc::Rc;

use actix_cors::Cors;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName},
    middleware::{DefaultHeaders, Next, from_fn},
    web,
};
use balloond_access_log::{REQUEST_ID, Routes};
use balloond_domain::Services;
use balloond_traces::TRACEPARENT;

use crate::{
    idempotency::{IDEMPOTENCY_KEY, REPLAYED},
    origin, problem,
    rates::{RATE_LIMIT, RATE_LIMIT_POLICY},
    realtime::Hub,
    routes,
    settings::Settings,
    writes,
};

/// Whoever runs us asks these all the time.
const ROUTES: Routes = Routes { unrouted: "none", quiet: &["/healthz", "/readyz"] };

/// What all workers' applications share.
#[derive(Clone)]
pub struct Shared {
    pub services: web::Data<Services>,
    pub settings: web::Data<Settings>,
    pub spec: web::Data<routes::Spec>,
    pub drain: web::Data<routes::Drain>,
}

/// The outermost wrapper stands last.
pub fn app(
    shared: Shared,
    hub: Rc<Hub>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let cors = cors(shared.settings.origins.web());
    let headers = default_headers(shared.settings.is_https);
    App::new()
        .app_data(shared.services)
        .app_data(shared.settings)
        .app_data(shared.spec)
        .app_data(shared.drain)
        .app_data(hub)
        .configure(routes::configure)
        .default_service(web::to(routes::not_found))
        .wrap(from_fn(writes::note))
        .wrap(from_fn(problem::contain_panic))
        .wrap(from_fn(origin::check))
        .wrap(from_fn(routes::head_as_get))
        .wrap(cors)
        .wrap(from_fn(problem::answer))
        .wrap(headers)
        .wrap(from_fn(tell))
}

async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    balloond_access_log::tell(request, next, &ROUTES).await
}

/// Open to exactly the web's origin, with its cookies. A foreign page is told nothing; what it may not do, `origin` refuses.
fn cors(web_origin: &str) -> Cors {
    Cors::default()
        .allowed_origin(web_origin)
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
            HeaderName::from_static(TRACEPARENT),
        ])
        .expose_headers([header::ETAG, header::RETRY_AFTER, REPLAYED, RATE_LIMIT, RATE_LIMIT_POLICY, REQUEST_ID])
        .supports_credentials()
        .block_on_origin_mismatch(false)
        .max_age(7200)
}

/// What a handler sets itself stays.
fn default_headers(is_https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .add((HeaderName::from_static("cross-origin-resource-policy"), "same-site"));
    if is_https {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"))
    } else {
        headers
    }
}

#[cfg(test)]
#[path = "app_tests.rs"]
mod tests;
