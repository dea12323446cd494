use actix_web::{HttpResponse, get, put, web};
use balloond_domain::{Services, staff};
use balloond_shared::switch::{SetSwitch, Switch, SwitchState};

use crate::{
    extract::{JsonBody, PathId, StaffOnly},
    refusal::Answer,
};

/// What can be turned off, and whether it is on.
#[utoipa::path(operation_id = "switches", tag = "admin", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "All switches.", body = Vec<SwitchState>)))]
#[get("/switches")]
pub async fn list(services: web::Data<Services>, staff: StaffOnly) -> Answer<web::Json<Vec<SwitchState>>> {
    Ok(web::Json(staff::switches(&services, staff.0).await?))
}

/// Turns a feature off or on: felt everywhere within five seconds.
#[utoipa::path(operation_id = "set_switch", tag = "admin", security(("token" = []), ("cookie" = [])), params(("id" = Switch, Path)), request_body = SetSwitch, responses((status = 204, description = "Turned.")))]
#[put("/switches/{id}")]
pub async fn set(
    services: web::Data<Services>,
    staff: StaffOnly,
    switch: PathId<Switch>,
    request: JsonBody<SetSwitch>,
) -> Answer<HttpResponse> {
    staff::set_switch(&services, staff.0, switch.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
