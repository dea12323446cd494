use actix_web::HttpRequest;
use balloond_domain::staff;

use super::{Answer, reply};
use crate::{
    pages::ViewsPage,
    server::{app::State, staff::StaffOnly},
};

/// `GET /admin/analytics`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly) -> Answer {
    let views = staff::page_views(&app.services, staff.0).await?;
    let page = ViewsPage { role: staff.0.role, views };
    Ok(reply(&request, "Analytics").show(|| page.view()))
}
