use actix_web::{HttpRequest, web::Form};
use balloond_domain::staff;
use balloond_shared::staff::RetryJobs;
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::{JobsPage, Notice},
    server::{app::State, reply::see_other_saying, staff::StaffOnly},
};

/// One job, or with none all.
#[derive(Deserialize)]
pub struct RetryForm {
    id: Option<i64>,
}

/// `GET /admin/jobs`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly) -> Answer {
    let jobs = staff::jobs(&app.services, staff.0).await?;
    let page = JobsPage { role: staff.0.role, jobs, now: Utc::now() };
    Ok(reply(&request, "Jobs").show(|| page.view()))
}

/// `POST /admin/jobs/retry {id?}`
pub async fn retry(app: State, staff: StaffOnly, form: Form<RetryForm>) -> Answer {
    let asked = RetryJobs { ids: form.id.into_iter().collect(), all: form.id.is_none() };
    staff::retry_jobs(&app.services, staff.0, &asked).await?;
    Ok(see_other_saying(&app, "/admin/jobs", Notice::TriedAgain))
}
