//! The pages of those who look after the place.

mod jobs;
mod log;

use actix_web::{
    HttpRequest,
    middleware::from_fn,
    web::{self, ServiceConfig},
};
use balloond_shared::{chat::Badges, staff::StaffRole};

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
            .service(page("/jobs").route(get().to(jobs::show)))
            .service(page("/jobs/retry").route(web::post().to(jobs::retry)))
            .wrap(from_fn(admit)),
    );
}

/// `GET /admin`: where each begins.
async fn show(staff: StaffOnly) -> Answer {
    Ok(see_other(match staff.0.role {
        StaffRole::Moderator => "/admin/reports",
        StaffRole::Administrator => "/admin/audit",
    }))
}

/// A page about the place, not about the one who looks: nothing of theirs is counted on it.
fn reply<'a>(request: &'a HttpRequest, title: &str) -> Reply<'a> {
    Reply::new(request, title).of_member(None, Badges { balloons: 0, chats: 0 })
}
