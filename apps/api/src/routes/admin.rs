use actix_web::{get, post, web};
use balloond_domain::{Services, staff};
use balloond_shared::{
    Page,
    staff::{AuditEntry, Jobs, Retried, RetryJobs},
};

use super::record::LogQuery;
use crate::{
    extract::{JsonBody, Query, StaffOnly},
    refusal::Answer,
};

/// The audit log: who did what to whom, when and why; the last first.
#[utoipa::path(operation_id = "audit_log", tag = "admin", security(("token" = []), ("cookie" = [])), params(LogQuery), responses((status = 200, description = "A page of the log.", body = Page<AuditEntry>)))]
#[get("/audit")]
pub async fn audit(
    services: web::Data<Services>,
    staff: StaffOnly,
    query: Query<LogQuery>,
) -> Answer<web::Json<Page<AuditEntry>>> {
    Ok(web::Json(staff::audit(&services, staff.0, query.0.cursor.as_deref(), query.0.limit).await?))
}

/// The background jobs: those that failed for good, and how many of each kind are in which state.
#[utoipa::path(operation_id = "jobs", tag = "admin", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The jobs.", body = Jobs)))]
#[get("/jobs")]
pub async fn jobs(services: web::Data<Services>, staff: StaffOnly) -> Answer<web::Json<Jobs>> {
    Ok(web::Json(staff::jobs(&services, staff.0).await?))
}

/// Has dead jobs tried again, with all their attempts.
#[utoipa::path(operation_id = "retry_jobs", tag = "admin", security(("token" = []), ("cookie" = [])), request_body = RetryJobs, responses((status = 200, description = "How many there were.", body = Retried)))]
#[post("/jobs/retry")]
pub async fn retry_jobs(
    services: web::Data<Services>,
    staff: StaffOnly,
    request: JsonBody<RetryJobs>,
) -> Answer<web::Json<Retried>> {
    Ok(web::Json(staff::retry_jobs(&services, staff.0, &request.0).await?))
}
