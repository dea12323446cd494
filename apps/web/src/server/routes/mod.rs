//! The pages' addresses. A route translates: it takes a request apart, asks the domain, and shows what it answered.

mod account;
mod admin;
mod balloons;
mod chat_photos;
mod chats;
mod faults;
mod groups;
mod landing;
mod leaving;
mod me;
mod messages;
mod notifications;
mod passkeys;
mod people;
mod photos;
mod privacy;
mod record;
mod report;
mod safety;
mod search;
mod second_step;
mod sessions;
mod suspended;
mod tokens;
mod verification;
mod views;

use actix_web::{
    HttpResponse, Route, guard,
    web::{self, PayloadConfig, ServiceConfig},
};

use super::answer::Refusal;

/// A page, the way to one, or why there is none.
type Answer = Result<HttpResponse, Refusal>;

/// HEAD is answered as GET is, without the body (RFC 9110, 9.3.2).
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

pub fn register(config: &mut ServiceConfig) {
    let page = web::resource::<&str>;
    config
        .service(page("/").route(get().to(landing::show)))
        // What is asked for most comes first: an address is held against one pattern after the other.
        .service(page("/chats/{id}").route(get().to(chats::show)))
        .service(page("/people/{id}").route(get().to(people::show)))
        .service(page("/register").route(get().to(account::show_register)).route(web::post().to(account::register)))
        .service(page("/login").route(get().to(account::show_login)).route(web::post().to(account::log_in)))
        .service(page("/login/code").route(web::post().to(second_step::take)))
        .service(page("/me/second-step").route(get().to(second_step::show)).route(web::post().to(second_step::begin)))
        .service(page("/me/second-step/confirm").route(web::post().to(second_step::confirm)))
        .service(page("/me/second-step/codes").route(web::post().to(second_step::renew)))
        .service(page("/me/second-step/end").route(web::post().to(second_step::end)))
        .service(page("/verify").route(get().to(verification::show)).route(web::post().to(verification::verify)))
        .service(page("/verify/resend").route(web::post().to(verification::resend)))
        .service(page("/forgot").route(get().to(verification::show_forgot)).route(web::post().to(verification::forgot)))
        .service(page("/reset").route(get().to(verification::show_reset)).route(web::post().to(verification::reset)))
        .service(page("/logout").route(web::post().to(account::log_out)))
        .service(page("/people").route(get().to(people::list)))
        .service(page("/people/{id}/balloon").route(web::post().to(balloons::float)))
        .service(page("/people/{id}/block").route(web::post().to(safety::block)))
        .service(page("/people/{id}/unblock").route(web::post().to(safety::unblock)))
        .service(page("/balloons").route(get().to(balloons::show)))
        .service(page("/balloons/{id}/catch").route(web::post().to(balloons::catch)))
        .service(page("/balloons/{id}/pop").route(web::post().to(balloons::pop)))
        .service(page("/balloons/{id}/withdraw").route(web::post().to(balloons::withdraw)))
        .service(page("/chats").route(get().to(chats::list)))
        .service(page("/chats/{id}/messages").route(web::post().to(chats::send)))
        .service(
            page("/chats/{id}/messages/{message}")
                .route(get().to(messages::show))
                .route(web::post().to(messages::edit)),
        )
        .service(page("/chats/{id}/messages/{message}/delete").route(web::post().to(messages::delete)))
        .service(page("/chats/{id}/messages/{message}/reactions").route(web::post().to(messages::react)))
        .service(page("/chats/{id}/messages/{message}/photo/{size}").route(get().to(chat_photos::show)))
        .service(
            page("/chats/{id}/photo").route(get().to(chat_photos::compose)).route(web::post().to(chat_photos::send)),
        )
        .service(page("/chats/{id}/group").route(get().to(groups::show)).route(web::post().to(groups::rename)))
        .service(page("/chats/{id}/group/photo").route(web::post().to(groups::set_photo)))
        .service(page("/chats/{id}/group/photo/remove").route(web::post().to(groups::remove_photo)))
        .service(page("/chats/{id}/group/photo/{size}").route(get().to(groups::photo)))
        .service(page("/chats/{id}/invitations").route(web::post().to(groups::invite)))
        .service(page("/chats/{id}/members/{user}/role").route(web::post().to(groups::set_role)))
        .service(page("/chats/{id}/members/{user}/remove").route(web::post().to(groups::remove)))
        .service(page("/chats/{id}/mute").route(web::post().to(groups::mute)))
        .service(page("/search").route(get().to(search::show)))
        .service(page("/groups").route(web::post().to(groups::create)))
        .service(page("/groups/new").route(get().to(groups::show_new)))
        .service(page("/chats/{id}/seen").route(web::post().to(chats::seen)))
        .service(page("/me").route(get().to(me::show)).route(web::post().to(me::edit)))
        .service(page("/me/privacy").route(get().to(privacy::show)).route(web::post().to(privacy::edit)))
        .service(
            page("/me/notifications").route(get().to(notifications::show)).route(web::post().to(notifications::edit)),
        )
        .service(
            page("/unsubscribe/{token}")
                .route(get().to(notifications::show_unsubscribe))
                .route(web::post().to(notifications::end_digest)),
        )
        .service(page("/me/push").route(web::post().to(notifications::subscribe)))
        .service(page("/me/push/end").route(web::post().to(notifications::unsubscribe)))
        .service(page("/me/photos").route(web::post().to(photos::add)))
        .service(page("/me/photos/{id}/delete").route(web::post().to(photos::remove)))
        .service(page("/me/photos/{id}/move").route(web::post().to(photos::shift)))
        .service(page("/me/safety").route(get().to(safety::show)))
        .service(page("/me/safety/pause").route(web::post().to(safety::pause)))
        .service(page("/me/safety/words").route(web::post().to(safety::words)))
        .service(page("/me/data").route(get().to(leaving::show)))
        .service(page("/me/export").route(web::post().to(leaving::request_export)))
        .service(page("/me/erase").route(web::post().to(leaving::erase)))
        .service(page("/goodbye/{id}").route(get().to(leaving::goodbye)))
        .service(page("/me/reports/{id}").route(get().to(report::reported)))
        .service(page("/report").route(get().to(report::show)).route(web::post().to(report::make)))
        .service(page("/me/sessions").route(get().to(sessions::show)))
        .service(page("/me/sessions/end").route(web::post().to(sessions::end_others)))
        .service(page("/me/sessions/{id}/end").route(web::post().to(sessions::end)))
        .service(page("/me/passkeys").route(get().to(passkeys::show)).route(web::post().to(passkeys::add)))
        .service(page("/me/passkeys/remove").route(web::post().to(passkeys::remove)))
        .service(page("/login/passkey").route(get().to(passkeys::show_log_in)).route(web::post().to(passkeys::log_in)))
        .service(page("/me/tokens").route(get().to(tokens::show)).route(web::post().to(tokens::make)))
        .service(page("/me/tokens/{id}/end").route(web::post().to(tokens::end)))
        .service(page("/me/password").route(web::post().to(sessions::change_password)))
        .service(page("/me/record").route(get().to(record::show)))
        .service(page("/suspended").route(get().to(suspended::show)))
        .service(page("/suspended/appeal").route(web::post().to(suspended::appeal)))
        .configure(admin::register)
        .service(page("/faults").route(web::post().to(faults::tell)))
        .service(page("/views").app_data(PayloadConfig::new(views::LARGEST)).route(web::post().to(views::tell)))
        .service(page("/healthz").route(get().to(healthy)));
}

/// The process answers; whether what it stands on does, is not asked.
async fn healthy() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}
