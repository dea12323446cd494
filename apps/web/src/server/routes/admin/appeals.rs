use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, Staff, staff};
use balloond_shared::{ApiError, SuspensionId, moderation::DecideAppeal};
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::{AppealsPage, Notice},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::see_other_saying,
        staff::StaffOnly,
    },
};

#[derive(Deserialize)]
pub struct DecideForm {
    grant: bool,
    #[serde(default)]
    note: String,
}

/// `GET /admin/appeals`
pub async fn list(request: HttpRequest, app: State, staff: StaffOnly) -> Answer {
    appeals_page(&request, &app, staff.0, None).await
}

/// `POST /admin/appeals/{id} {grant, note}`
pub async fn decide(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<SuspensionId>,
    form: Form<DecideForm>,
) -> Answer {
    let DecideForm { grant, note } = form.into_inner();
    match staff::decide(&app.services, staff.0, *id, &DecideAppeal { grant, note }).await {
        Ok(()) => Ok(see_other_saying(&app, "/admin/appeals", Notice::AppealDecided)),
        Err(error @ Error::Invalid(_)) => appeals_page(&request, &app, staff.0, Some((*id, error.to_api()))).await,
        Err(error) => Err(error.into()),
    }
}

async fn appeals_page(
    request: &HttpRequest,
    app: &State,
    staff: Staff,
    refused: Option<(SuspensionId, ApiError)>,
) -> Result<HttpResponse, Refusal> {
    let appeals = staff::appeals(&app.services, staff).await?;
    let code = refused.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let refused = refused.map(|(id, error)| (id, error.into()));
    let page = AppealsPage { role: staff.role, me: staff.viewer.user, appeals, refused, now: Utc::now() };
    Ok(reply(request, "Appeals").status(code).show(|| page.view()))
}
