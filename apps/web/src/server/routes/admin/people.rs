use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{Error, Result, Staff, staff};
use balloond_shared::{
    ApiError, UserId,
    moderation::{ErasePerson, Suspend, WithReason},
};
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, reply};
use crate::{
    pages::{Notice, PeopleListPage, PersonPage},
    server::{answer::status, app::State, reply::see_other_saying, staff::StaffOnly},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PeopleQuery {
    q: String,
    cursor: Option<String>,
}

/// What each of the forms about a person sends a part of.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    reason: String,
    days: String,
    name: String,
}

/// `GET /admin/people?q&cursor`
pub async fn list(request: HttpRequest, app: State, staff: StaffOnly, query: Query<PeopleQuery>) -> Answer {
    let PeopleQuery { q, cursor } = query.into_inner();
    let people = staff::people(&app.services, staff.0, &q, cursor.as_deref(), None).await?;
    let page = PeopleListPage { role: staff.0.role, q, people, now: Utc::now() };
    Ok(reply(&request, "People").show(|| page.view()))
}

/// `GET /admin/people/{id}`
pub async fn show(request: HttpRequest, app: State, staff: StaffOnly, id: Path<UserId>) -> Answer {
    person_page(&request, &app, staff.0, *id, None).await
}

/// `POST /admin/people/{id}/suspend {reason, days?}`
pub async fn suspend(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<UserId>,
    form: Form<PersonForm>,
) -> Answer {
    let PersonForm { reason, days, .. } = form.into_inner();
    let days = match days.trim() {
        "" => None,
        days => Some(days.parse().unwrap_or(0)),
    };
    let done = staff::suspend(&app.services, staff.0, *id, &Suspend { reason, days }).await;
    answer(&request, &app, staff.0, *id, "suspend", done, Notice::Suspended).await
}

/// `POST /admin/people/{id}/lift {reason}`
pub async fn lift(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<UserId>,
    form: Form<PersonForm>,
) -> Answer {
    let done = staff::lift(&app.services, staff.0, *id, &WithReason { reason: form.into_inner().reason }).await;
    answer(&request, &app, staff.0, *id, "lift", done, Notice::Lifted).await
}

/// `POST /admin/people/{id}/end-sessions {reason}`
pub async fn end_sessions(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<UserId>,
    form: Form<PersonForm>,
) -> Answer {
    let done = staff::end_sessions(&app.services, staff.0, *id, &WithReason { reason: form.into_inner().reason }).await;
    answer(&request, &app, staff.0, *id, "end-sessions", done, Notice::SessionEnded).await
}

/// `POST /admin/people/{id}/erase {name, reason}`
pub async fn erase(
    request: HttpRequest,
    app: State,
    staff: StaffOnly,
    id: Path<UserId>,
    form: Form<PersonForm>,
) -> Answer {
    let PersonForm { reason, name, .. } = form.into_inner();
    match staff::erase_person(&app.services, staff.0, *id, &ErasePerson { name, reason }).await {
        Ok(_) => Ok(see_other_saying(&app, "/admin/people", Notice::AccountErased)),
        Err(error) => answer(&request, &app, staff.0, *id, "erase", Err(error), Notice::AccountErased).await,
    }
}

/// `form`: the one that was sent, and has to be shown again with what is wrong.
async fn answer(
    request: &HttpRequest,
    app: &State,
    staff: Staff,
    id: UserId,
    form: &'static str,
    done: Result<()>,
    notice: Notice,
) -> Answer {
    match done {
        Ok(()) => Ok(see_other_saying(app, format!("/admin/people/{id}"), notice)),
        Err(error @ (Error::Invalid(_) | Error::Refused(balloond_shared::ErrorCode::Stale))) => {
            person_page(request, app, staff, id, Some((form, error.to_api()))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn person_page(
    request: &HttpRequest,
    app: &State,
    staff: Staff,
    id: UserId,
    refused: Option<(&'static str, ApiError)>,
) -> Result<HttpResponse, crate::server::answer::Refusal> {
    let file = staff::person(&app.services, staff, id).await?;
    let code = refused.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let page = PersonPage {
        role: staff.role,
        file,
        refused: refused.map(|(form, error)| (form, error.into())),
        now: Utc::now(),
    };
    Ok(reply(request, "A person").status(code).show(|| page.view()))
}
