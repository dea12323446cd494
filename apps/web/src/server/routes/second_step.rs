use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Form};
use balloond_domain::{auth, chat};
use balloond_shared::{
    ApiError, ErrorCode,
    second_step::{ConfirmSecondStep, Enrolment, RecoveryCodes, SecondStep, WithPassword},
};
use leptos::IntoView;
use serde::Deserialize;

use super::{
    Answer,
    account::{BEGINNING, come_in},
    verification::answered,
};
use crate::{
    components::navigation::Section,
    pages::{CodePage, EnrolPage, Notice, SecondStepPage, recovery_codes},
    server::{
        answer::{Refusal, status},
        app::State,
        client::Origin,
        next::own_path,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    ticket: String,
    code: String,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    password: String,
}

/// `POST /login/code {ticket, code, next}`
pub async fn take(request: HttpRequest, app: State, from: Origin, form: Form<CodeForm>) -> Answer {
    let CodeForm { ticket, code, next } = form.into_inner();
    let next = next.as_deref().and_then(own_path).map(str::to_owned);
    let asked = SecondStep { ticket, code };
    match auth::take_second_step(&app.services, &asked, &from.0).await {
        Ok(signed_in) => Ok(come_in(&request, signed_in, next.as_deref().unwrap_or(BEGINNING))),
        Err(error) => {
            let error = answered(error)?;
            if error.code == ErrorCode::Unauthenticated {
                return Ok(see_other_saying(&app, "/login", Notice::TooSlow));
            }
            let code = status(&error);
            Ok(code_page(&request, code, CodePage { ticket: asked.ticket, next, refused: error.into() }))
        }
    }
}

pub fn code_page(request: &HttpRequest, code: StatusCode, page: CodePage) -> HttpResponse {
    Reply::new(request, "One more step").status(code).class("is-account").show(|| page.view())
}

/// `GET /me/second-step`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    state_page(&request, &app, &member, None).await
}

/// `POST /me/second-step {password}`
pub async fn begin(request: HttpRequest, app: State, member: Member, form: Form<PasswordForm>) -> Answer {
    match auth::begin_second_step(&app.services, member.0, &form.into_inner().asked()).await {
        Ok(enrolment) => enrol_page(&request, &app, &member, enrolment, None).await,
        Err(error) => state_page(&request, &app, &member, Some(answered(error)?)).await,
    }
}

/// `POST /me/second-step/confirm {code}`
pub async fn confirm(request: HttpRequest, app: State, member: Member, form: Form<CodeForm>) -> Answer {
    let asked = ConfirmSecondStep { code: form.into_inner().code };
    match auth::confirm_second_step(&app.services, member.0, &asked).await {
        Ok(codes) => codes_page(&request, &app, &member, codes).await,
        Err(error) => {
            let error = answered(error)?;
            let enrolment = auth::begun_second_step(&app.services, member.0).await?;
            enrol_page(&request, &app, &member, enrolment, Some(error)).await
        }
    }
}

/// `POST /me/second-step/codes {password}`
pub async fn renew(request: HttpRequest, app: State, member: Member, form: Form<PasswordForm>) -> Answer {
    match auth::renew_recovery_codes(&app.services, member.0, &form.into_inner().asked()).await {
        Ok(codes) => codes_page(&request, &app, &member, codes).await,
        Err(error) => state_page(&request, &app, &member, Some(answered(error)?)).await,
    }
}

/// `POST /me/second-step/end {password}`
pub async fn end(request: HttpRequest, app: State, member: Member, form: Form<PasswordForm>) -> Answer {
    match auth::end_second_step(&app.services, member.0, &form.into_inner().asked()).await {
        Ok(()) => Ok(see_other_saying(&app, "/me/second-step", Notice::SecondStepOff)),
        Err(error) => state_page(&request, &app, &member, Some(answered(error)?)).await,
    }
}

impl PasswordForm {
    fn asked(self) -> WithPassword {
        WithPassword { password: self.password }
    }
}

async fn state_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let state = auth::second_step_state(&app.services, member.0).await?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = SecondStepPage { state, refused: refused.map(Into::into).unwrap_or_default() };
    settings_page(request, app, member, (code, "Second step"), || page.view()).await
}

async fn enrol_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    enrolment: Enrolment,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = EnrolPage { enrolment, refused: refused.map(Into::into).unwrap_or_default() };
    settings_page(request, app, member, (code, "Set up your app"), || page.view()).await
}

async fn codes_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    codes: RecoveryCodes,
) -> Result<HttpResponse, Refusal> {
    settings_page(request, app, member, (StatusCode::OK, "Your recovery codes"), || recovery_codes(codes)).await
}

async fn settings_page<V: IntoView>(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    (code, title): (StatusCode, &'static str),
    body: impl FnOnce() -> V,
) -> Result<HttpResponse, Refusal> {
    let badges = chat::badges(&app.services, member.0).await?;
    Ok(Reply::new(request, title).status(code).of_member(Section::Me, badges).show(body))
}
