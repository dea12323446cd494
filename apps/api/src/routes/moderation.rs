use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, staff};
use balloond_shared::{
    Page, ReportId, SuspensionId, UserId,
    leaving::Erasure,
    moderation::{
        CloseReport, DecideAppeal, ErasePerson, PersonEntry, PersonFile, ReportCase, ReportFile, ReportState, Suspend,
        SuspensionCase, WithReason,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{JsonBody, PathId, Query, StaffOnly},
    refusal::Answer,
};

/// `GET /admin/people`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// An id, a whole email, or a part of a name; everybody without.
    #[serde(default)]
    q: String,
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// `GET /admin/reports`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportsQuery {
    #[serde(default)]
    #[param(inline)]
    state: ReportState,
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// People by their id, whole email, or a part of their name; the newest first.
#[utoipa::path(operation_id = "find_people", tag = "admin", security(("token" = []), ("cookie" = [])), params(PeopleQuery), responses((status = 200, description = "A page of people.", body = Page<PersonEntry>)))]
#[get("/people")]
pub async fn people(
    services: web::Data<Services>,
    staff: StaffOnly,
    query: Query<PeopleQuery>,
) -> Answer<web::Json<Page<PersonEntry>>> {
    let PeopleQuery { q, cursor, limit } = query.0;
    Ok(web::Json(staff::people(&services, staff.0, &q, cursor.as_deref(), limit).await?))
}

/// All about a person: what was reported, suspensions, devices, what was done.
#[utoipa::path(operation_id = "person_file", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), responses((status = 200, description = "The person.", body = PersonFile)))]
#[get("/people/{id}")]
pub async fn person(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<UserId>,
) -> Answer<web::Json<PersonFile>> {
    Ok(web::Json(staff::person(&services, staff.0, id.0).await?))
}

/// Suspends somebody: their sessions end at once, and they can log in only to read why, to appeal, to take their data along and to
/// leave.
#[utoipa::path(operation_id = "suspend_person", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), request_body = Suspend, responses((status = 204, description = "Suspended."), (status = 403, description = "`forbidden`: it is you, or they have a role."), (status = 412, description = "`stale`: they are suspended already.")))]
#[post("/people/{id}/suspend")]
pub async fn suspend(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<UserId>,
    request: JsonBody<Suspend>,
) -> Answer<HttpResponse> {
    staff::suspend(&services, staff.0, id.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lifts a suspension.
#[utoipa::path(operation_id = "lift_suspension", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), request_body = WithReason, responses((status = 204, description = "Lifted."), (status = 412, description = "`stale`: they are not suspended.")))]
#[post("/people/{id}/lift")]
pub async fn lift(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<UserId>,
    request: JsonBody<WithReason>,
) -> Answer<HttpResponse> {
    staff::lift(&services, staff.0, id.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Logs somebody out everywhere, their programs included.
#[utoipa::path(operation_id = "end_sessions_of", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), request_body = WithReason, responses((status = 204, description = "Ended."), (status = 403, description = "`forbidden`: you are no administrator, it is you, or they have a role.")))]
#[post("/people/{id}/end-sessions")]
pub async fn end_sessions(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<UserId>,
    request: JsonBody<WithReason>,
) -> Answer<HttpResponse> {
    staff::end_sessions(&services, staff.0, id.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Erases somebody, as if they had left by themselves. It cannot be taken back.
#[utoipa::path(operation_id = "erase_person", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = UserId, Path)), request_body = ErasePerson, responses((status = 202, description = "Gone, with a receipt.", body = Erasure), (status = 403, description = "`forbidden`: you are no administrator, it is you, or they have a role.")))]
#[delete("/people/{id}")]
pub async fn erase(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<UserId>,
    request: JsonBody<ErasePerson>,
) -> Answer<(web::Json<Erasure>, StatusCode)> {
    Ok((web::Json(staff::erase_person(&services, staff.0, id.0, &request.0).await?), StatusCode::ACCEPTED))
}

/// The reports in a state, the last first, without their evidence.
#[utoipa::path(operation_id = "report_queue", tag = "admin", security(("token" = []), ("cookie" = [])), params(ReportsQuery), responses((status = 200, description = "A page of reports.", body = Page<ReportCase>)))]
#[get("/reports")]
pub async fn reports(
    services: web::Data<Services>,
    staff: StaffOnly,
    query: Query<ReportsQuery>,
) -> Answer<web::Json<Page<ReportCase>>> {
    let ReportsQuery { state, cursor, limit } = query.0;
    Ok(web::Json(staff::reports(&services, staff.0, state, cursor.as_deref(), limit).await?))
}

/// A report with its evidence as it was, and the earlier ones on the same person.
#[utoipa::path(operation_id = "report_file", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = ReportId, Path)), responses((status = 200, description = "The report.", body = ReportFile)))]
#[get("/reports/{id}")]
pub async fn report(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<ReportId>,
) -> Answer<web::Json<ReportFile>> {
    Ok(web::Json(staff::report(&services, staff.0, id.0).await?))
}

/// Takes a report on, also from a colleague.
#[utoipa::path(operation_id = "take_report", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = ReportId, Path)), responses((status = 204, description = "Yours."), (status = 403, description = "`forbidden`: you made it, or are reported."), (status = 412, description = "`stale`: it is closed.")))]
#[post("/reports/{id}/take")]
pub async fn take_report(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<ReportId>,
) -> Answer<HttpResponse> {
    staff::take_report(&services, staff.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Closes a report with a decision and a note.
#[utoipa::path(operation_id = "close_report", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = ReportId, Path)), request_body = CloseReport, responses((status = 204, description = "Closed."), (status = 403, description = "`forbidden`: you made it, or are reported."), (status = 412, description = "`stale`: it is closed.")))]
#[post("/reports/{id}/close")]
pub async fn close_report(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<ReportId>,
    request: JsonBody<CloseReport>,
) -> Answer<HttpResponse> {
    staff::close_report(&services, staff.0, id.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The appeals that wait, the oldest first.
#[utoipa::path(operation_id = "appeals", tag = "admin", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "At most 200.", body = Vec<SuspensionCase>)))]
#[get("/appeals")]
pub async fn appeals(services: web::Data<Services>, staff: StaffOnly) -> Answer<web::Json<Vec<SuspensionCase>>> {
    Ok(web::Json(staff::appeals(&services, staff.0).await?))
}

/// Decides an appeal; the id is the suspension's. Granting it lifts the suspension.
#[utoipa::path(operation_id = "decide_appeal", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = SuspensionId, Path)), request_body = DecideAppeal, responses((status = 204, description = "Decided."), (status = 403, description = "`forbidden`: you suspended them, and there is somebody else to decide."), (status = 412, description = "`stale`: it is decided, or over.")))]
#[post("/appeals/{id}/decide")]
pub async fn decide(
    services: web::Data<Services>,
    staff: StaffOnly,
    id: PathId<SuspensionId>,
    request: JsonBody<DecideAppeal>,
) -> Answer<HttpResponse> {
    staff::decide(&services, staff.0, id.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
