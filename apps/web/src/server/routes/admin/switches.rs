use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, Staff, staff};
use balloond_shared::{
    ApiError, ErrorCode,
    switch::{SetSwitch, Switch},
};
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::{Notice, SwitchesPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::see_other_saying,
        staff::StaffOnly,
    },
};

#[derive(Deserialize)]
pub struct SwitchForm {
    on: bool,
    #[serde(default)]
    reason: String,
}

/// `GET /admin/switches`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly) -> Answer {
    switches_page(&request, &app, staff.0, None).await
}

/// `POST /admin/switches/{name} {on, reason}`
pub async fn set(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    name: Path<String>,
    form: Form<SwitchForm>,
) -> Answer {
    let which = Switch::by_name(&name).ok_or(ErrorCode::NotFound)?;
    let SwitchForm { on, reason } = form.into_inner();
    match staff::set_switch(&app.services, staff.0, which, &SetSwitch { on, reason }).await {
        Ok(()) => Ok(see_other_saying(&app, "/admin/switches", Notice::Saved)),
        Err(error @ Error::Invalid(_)) => switches_page(&request, &app, staff.0, Some((which, error.to_api()))).await,
        Err(error) => Err(error.into()),
    }
}

async fn switches_page(
    request: &HttpRequest,
    app: &State,
    staff: Staff,
    refused: Option<(Switch, ApiError)>,
) -> Result<HttpResponse, Refusal> {
    let switches = staff::switches(&app.services, staff).await?;
    let code = refused.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let refused = refused.map(|(which, error)| (which, error.into()));
    let page = SwitchesPage { role: staff.role, switches, refused, now: Utc::now() };
    Ok(reply(request, "Switches").status(code).show(|| page.view()))
}
