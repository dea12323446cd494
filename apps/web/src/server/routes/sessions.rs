use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, auth, chat};
use balloond_shared::{ApiError, SessionId, auth::ChangePassword};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::{Notice, SessionsPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    current_password: String,
    password: String,
}

/// `GET /me/sessions`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    sessions_page(&request, &app, &member, None).await
}

/// `POST /me/sessions/{id}/end`
pub async fn end(app: State, member: Member, id: Path<SessionId>) -> Answer {
    auth::end_session(&app.services, member.0, *id).await?;
    Ok(see_other_saying(&app, "/me/sessions", Notice::SessionEnded))
}

/// `POST /me/sessions/end`
pub async fn end_others(app: State, member: Member) -> Answer {
    auth::end_other_sessions(&app.services, member.0).await?;
    Ok(see_other_saying(&app, "/me/sessions", Notice::SessionEnded))
}

/// `POST /me/password {current_password, password}`
pub async fn change_password(request: HttpRequest, app: State, member: Member, form: Form<PasswordForm>) -> Answer {
    let PasswordForm { current_password, password } = form.into_inner();
    match auth::change_password(&app.services, member.0, &ChangePassword { current_password, password }).await {
        Ok(()) => Ok(see_other_saying(&app, "/me/sessions", Notice::PasswordChanged)),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error.into()),
        Err(error) => sessions_page(&request, &app, &member, Some(error.to_api())).await,
    }
}

async fn sessions_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let (sessions, badges) = try_join!(auth::sessions(&app.services, member.0), chat::badges(&app.services, member.0))?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = SessionsPage { sessions, refused: refused.map(Into::into).unwrap_or_default(), now: Utc::now() };
    Ok(Reply::new(request, "Devices and password").status(code).of_member(Section::Me, badges).show(|| page.view()))
}
