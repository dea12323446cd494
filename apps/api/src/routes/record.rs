use actix_web::{get, web};
use balloond_domain::{Services, staff};
use balloond_shared::{Page, staff::RecordEntry};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{Held, Query},
    refusal::Answer,
};

/// A page of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    pub cursor: Option<String>,
    /// 1 to 100; 24 without.
    pub limit: Option<i64>,
}

/// What those who look after the place did about one, the last first: what, when and why, and not who.
#[utoipa::path(operation_id = "my_record", tag = "me", security(("token" = []), ("cookie" = [])), params(LogQuery), responses((status = 200, description = "A page of the record.", body = Page<RecordEntry>)))]
#[get("/me/record")]
pub async fn record(
    services: web::Data<Services>,
    held: Held,
    query: Query<LogQuery>,
) -> Answer<web::Json<Page<RecordEntry>>> {
    Ok(web::Json(staff::record(&services, held.0, query.0.cursor.as_deref(), query.0.limit).await?))
}
