//! The pages of those who look after the place.

mod appeals;
mod jobs;
mod log;
mod people;
mod reports;
mod switches;
mod views;

use actix_web::{
    HttpRequest,
    middleware::from_fn,
    web::{self, ServiceConfig},
};
use balloond_shared::chat::Badges;

use super::{Answer, get};
use crate::server::{
    reply::{Reply, see_other},
    staff::{StaffOnly, admit},
};

pub fn register(config: &mut ServiceConfig) {
    let page = web::resource::<&str>;
    config.service(
        web::scope("/admin")
            .service(page("").route(get().to(show)))
            .service(page("/audit").route(get().to(log::show)))
            .service(page("/reports").route(get().to(reports::list)))
            .service(page("/reports/{id}").route(get().to(reports::show)))
            .service(page("/reports/{id}/take").route(web::post().to(reports::take)))
            .service(page("/reports/{id}/close").route(web::post().to(reports::close)))
            .service(page("/appeals").route(get().to(appeals::list)))
            .service(page("/appeals/{id}").route(web::post().to(appeals::decide)))
            .service(page("/people").route(get().to(people::list)))
            .service(page("/people/{id}").route(get().to(people::show)))
            .service(page("/people/{id}/suspend").route(web::post().to(people::suspend)))
            .service(page("/people/{id}/lift").route(web::post().to(people::lift)))
            .service(page("/people/{id}/end-sessions").route(web::post().to(people::end_sessions)))
            .service(page("/people/{id}/erase").route(web::post().to(people::erase)))
            .service(page("/switches").route(get().to(switches::show)))
            .service(page("/switches/{name}").route(web::post().to(switches::set)))
            .service(page("/jobs").route(get().to(jobs::show)))
            .service(page("/jobs/retry").route(web::post().to(jobs::retry)))
            .service(page("/analytics").route(get().to(views::show)))
            .wrap(from_fn(admit)),
    );
}

/// `GET /admin`: begins with what waits.
async fn show(_staff: StaffOnly) -> Answer {
    Ok(see_other("/admin/reports"))
}

/// A page about the place, not about the one who looks: nothing of theirs is counted on it.
fn reply<'a>(request: &'a HttpRequest, title: &str) -> Reply<'a> {
    Reply::new(request, title).of_member(None, Badges { balloons: 0, chats: 0 })
}
