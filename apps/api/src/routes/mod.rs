//! The routes, one file a resource. One list registers them and describes them.

mod admin;
mod auth;
mod balloons;
mod chat_photos;
mod chats;
mod groups;
mod health;
mod jobs;
mod leaving;
mod me;
mod messages;
mod moderation;
mod notifications;
mod passkeys;
mod people;
mod photos;
mod privacy;
mod realtime;
mod record;
mod reports;
mod safety;
mod second_step;
mod sessions;
mod spec;
mod suspension;
mod switches;
mod tokens;
mod users;
mod verification;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::{Next, from_fn},
    web,
};
use balloond_shared::ErrorCode;
use utoipa::OpenApi;

use crate::{extract::admit, idempotency, rates, refusal::Refusal};
pub use jobs::Drain;
pub use spec::{Spec, asyncapi, openapi};

/// Registers handlers beneath a prefix and describes them in the specification: what the one has, the other has.
macro_rules! routes {
    ($register:ident, $described:ident, [$($file:ident::$handler:ident),+ $(,)?]) => {
        fn $register(config: &mut web::ServiceConfig) {
            $(config.service($file::$handler);)+
        }

        #[derive(OpenApi)]
        #[openapi(paths($($file::$handler),+))]
        struct $described;
    };
}

routes!(
    register_v1,
    V1,
    [
        // What is asked for most comes first: an address is held against one pattern after the other.
        messages::send,
        messages::list,
        chats::mark_read,
        chats::get,
        users::user,
        auth::register,
        auth::log_in,
        auth::refresh,
        auth::log_out,
        verification::verify,
        verification::resend,
        verification::forgot,
        verification::reset,
        second_step::take,
        second_step::state,
        second_step::begin,
        second_step::confirm,
        second_step::renew,
        second_step::end,
        me::profile,
        me::edit_me,
        me::badges,
        privacy::settings,
        privacy::edit,
        notifications::settings,
        notifications::edit,
        notifications::subscribe,
        notifications::unsubscribe,
        photos::add,
        photos::reorder,
        photos::remove,
        people::search,
        balloons::float,
        balloons::list,
        balloons::catch,
        balloons::pop,
        balloons::withdraw,
        groups::create,
        groups::edit,
        groups::invite,
        groups::set_role,
        groups::remove,
        groups::set_photo,
        groups::remove_photo,
        groups::photo,
        chats::list,
        chats::mute,
        chats::search,
        messages::edit,
        messages::delete,
        messages::react,
        messages::unreact,
        chat_photos::send,
        chat_photos::show,
        safety::blocks,
        safety::block,
        safety::unblock,
        safety::settings,
        safety::edit,
        jobs::drain,
        reports::make,
        reports::list,
        reports::get,
        sessions::list,
        sessions::end,
        sessions::end_others,
        sessions::change_password,
        passkeys::begin_log_in,
        passkeys::log_in,
        passkeys::list,
        passkeys::begin,
        passkeys::add,
        passkeys::remove,
        tokens::list,
        tokens::make,
        tokens::end,
        leaving::erase,
        leaving::receipt,
        leaving::request_export,
        leaving::export,
        realtime::realtime,
        record::record,
        suspension::suspension,
        suspension::appeal,
    ]
);

// Beneath `/admin`, where there is nothing for those without a role.
routes!(
    register_admin,
    Admin,
    [
        admin::audit,
        admin::jobs,
        admin::retry_jobs,
        moderation::people,
        moderation::person,
        moderation::suspend,
        moderation::lift,
        moderation::end_sessions,
        moderation::erase,
        moderation::reports,
        moderation::report,
        moderation::take_report,
        moderation::close_report,
        moderation::appeals,
        moderation::decide,
        switches::list,
        switches::set,
    ]
);

routes!(register_process, Process, [health::healthz, health::readyz, spec::specification, spec::socket_specification]);

/// All routes.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::scope("/api/v1")
                .service(web::scope("/admin").configure(register_admin).wrap(from_fn(admit)))
                .configure(register_v1)
                .wrap(from_fn(rates::tell))
                .wrap(from_fn(idempotency::once)),
        )
        .configure(register_process)
        .configure(spec::register_docs);
}

/// What no route takes: 405 with what the address does take, else 404.
pub async fn not_found(request: HttpRequest, spec: web::Data<Spec>) -> HttpResponse {
    let allowed = spec.methods_at(request.path());
    if allowed.is_empty() {
        return Refusal::from(ErrorCode::NotFound).error_response();
    }
    let mut answer = Refusal::from(ErrorCode::MethodNotAllowed).error_response();
    let allowed = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    if let Ok(allowed) = allowed.parse() {
        answer.headers_mut().insert(header::ALLOW, allowed);
    }
    answer
}

/// RFC 9110, 9.3.2: HEAD is GET without the body, which the HTTP layer leaves out by itself.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
