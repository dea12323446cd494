use actix_web::{HttpRequest, web::Query};
use balloond_domain::staff;
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::AuditPage,
    server::{app::State, staff::StaffOnly},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LogQuery {
    cursor: Option<String>,
}

/// `GET /admin/audit?cursor`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly, query: Query<LogQuery>) -> Answer {
    let log = staff::audit(&app.services, staff.0, query.cursor.as_deref(), None).await?;
    let page = AuditPage { role: staff.0.role, log, now: Utc::now() };
    Ok(reply(&request, "Audit log").show(|| page.view()))
}
