use actix_web::{get, http::StatusCode, post, web};
use balloond_domain::{Services, safety};
use balloond_shared::{
    Page, ReportId,
    report::{MakeReport, Report},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{JsonBody, PathId, Query, Signed},
    refusal::Answer,
};

/// `GET /reports`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportsQuery {
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// Reports a person, a balloon, a chat or a message. The evidence is copied as it is now.
#[utoipa::path(operation_id = "make_report", tag = "safety", security(("token" = []), ("cookie" = [])), request_body = MakeReport, responses(
    (status = 201, description = "Reported, with its evidence.", body = Report),
    (status = 403, description = "`forbidden`: it is you, or yours."),
    (status = 404, description = "Not there, or not yours to know."),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/reports")]
pub async fn make(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<MakeReport>,
) -> Answer<(web::Json<Report>, StatusCode)> {
    Ok((web::Json(safety::report(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// What one reported, the last one first, without the evidence.
#[utoipa::path(operation_id = "list_reports", tag = "safety", security(("token" = []), ("cookie" = [])), params(ReportsQuery), responses((status = 200, description = "A page of reports.", body = Page<Report>), (status = 422, description = "The cursor is none.")))]
#[get("/reports")]
pub async fn list(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<ReportsQuery>,
) -> Answer<web::Json<Page<Report>>> {
    Ok(web::Json(safety::reports(&services, signed.0, query.0.cursor.as_deref(), query.0.limit).await?))
}

/// One of one's reports, with its evidence as it was at that moment.
#[utoipa::path(operation_id = "report", tag = "safety", security(("token" = []), ("cookie" = [])), params(("id" = ReportId, Path)), responses((status = 200, description = "The report.", body = Report)))]
#[get("/reports/{id}")]
pub async fn get(services: web::Data<Services>, signed: Signed, id: PathId<ReportId>) -> Answer<web::Json<Report>> {
    Ok(web::Json(safety::reported(&services, signed.0, id.0).await?))
}
