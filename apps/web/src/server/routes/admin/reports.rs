use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{Error, Staff, staff};
use balloond_shared::{
    ApiError, ReportId,
    moderation::{CloseReport, ReportDecision, ReportState},
};
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::{Notice, ReportCasePage, ReportsPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::see_other_saying,
        staff::StaffOnly,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReportsQuery {
    state: ReportState,
    cursor: Option<String>,
}

#[derive(Deserialize)]
pub struct CloseForm {
    decision: ReportDecision,
    #[serde(default)]
    note: String,
}

/// `GET /admin/reports?state&cursor`
pub async fn list(request: HttpRequest, app: State, staff: StaffOnly, query: Query<ReportsQuery>) -> Answer {
    let ReportsQuery { state, cursor } = query.into_inner();
    let reports = staff::reports(&app.services, staff.0, state, cursor.as_deref(), None).await?;
    let page = ReportsPage { role: staff.0.role, state, reports, now: Utc::now() };
    Ok(reply(&request, "Reports").show(|| page.view()))
}

/// `GET /admin/reports/{id}`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly, id: Path<ReportId>) -> Answer {
    report_page(&request, &app, staff.0, *id, None).await
}

/// `POST /admin/reports/{id}/take`
pub async fn take(app: State, staff: StaffOnly, id: Path<ReportId>) -> Answer {
    staff::take_report(&app.services, staff.0, *id).await?;
    Ok(see_other_saying(&app, format!("/admin/reports/{id}"), Notice::ReportTaken))
}

/// `POST /admin/reports/{id}/close {decision, note}`
pub async fn close(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<ReportId>,
    form: Form<CloseForm>,
) -> Answer {
    let CloseForm { decision, note } = form.into_inner();
    match staff::close_report(&app.services, staff.0, *id, &CloseReport { decision, note }).await {
        Ok(()) => Ok(see_other_saying(&app, "/admin/reports", Notice::ReportClosed)),
        Err(error @ Error::Invalid(_)) => report_page(&request, &app, staff.0, *id, Some(error.to_api())).await,
        Err(error) => Err(error.into()),
    }
}

async fn report_page(
    request: &HttpRequest,
    app: &State,
    staff: Staff,
    id: ReportId,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let file = staff::report(&app.services, staff, id).await?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Into::into).unwrap_or_default();
    let page = ReportCasePage { role: staff.role, file, refused, now: Utc::now() };
    Ok(reply(request, "A report").status(code).show(|| page.view()))
}
