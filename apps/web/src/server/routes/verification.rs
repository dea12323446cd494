use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Query},
};
use balloond_domain::{Error, auth, profile};
use balloond_shared::{
    ApiError, UserId,
    auth::{ForgotPassword, ResetPassword},
};
use serde::Deserialize;

use super::Answer;
use crate::{
    pages::{ForgotPage, Notice, ResetPage, VerifyPage},
    server::{
        answer::{Refusal, status},
        app::State,
        client::Origin,
        reply::{Reply, see_other, see_other_saying},
        visitor::{Member, Visitor},
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    account: Option<String>,
    code: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EmailForm {
    email: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ResetForm {
    email: String,
    code: String,
    password: String,
}

/// `GET /verify?account&code`: the link of the mail leads here too. It takes a button's press: programs that scan mail open links.
pub async fn show(request: HttpRequest, app: State, visitor: Visitor, query: Query<CodeForm>) -> Answer {
    verify_page(&request, &app, &visitor, query.into_inner(), None).await
}

/// `POST /verify {account?, code}`
pub async fn verify(request: HttpRequest, app: State, visitor: Visitor, form: Form<CodeForm>) -> Answer {
    let form = form.into_inner();
    let account = form.account.as_deref().and_then(|account| account.parse::<UserId>().ok());
    let Some(account) = account.or(visitor.0.map(|viewer| viewer.user)) else {
        return Err(Refusal::log_in_first(&request));
    };
    match auth::verify_account(&app.services, account, &form.code).await {
        Ok(()) => Ok(see_other_saying(&app, if visitor.0.is_some() { "/people" } else { "/login" }, Notice::Verified)),
        Err(error) => verify_page(&request, &app, &visitor, form, Some(answered(error)?)).await,
    }
}

/// `POST /verify/resend`
pub async fn resend(app: State, member: Member) -> Answer {
    auth::resend_code(&app.services, member.0).await?;
    Ok(see_other_saying(&app, "/verify", Notice::CodeSent))
}

/// `GET /forgot`
pub async fn show_forgot(request: HttpRequest) -> Answer {
    Ok(forgot_page(&request, StatusCode::OK, ForgotPage::default()))
}

/// `POST /forgot {email}`
pub async fn forgot(request: HttpRequest, app: State, from: Origin, form: Form<EmailForm>) -> Answer {
    let asked = ForgotPassword { email: form.into_inner().email };
    match auth::forgot_password(&app.services, &asked, &from.0).await {
        // Not by another address: it would have the email in it.
        Ok(()) => {
            let page = ResetPage { email: asked.email, folder: folder(&app), ..ResetPage::default() };
            Ok(reset_page(&request, StatusCode::OK, page))
        }
        Err(error) => {
            let error = answered(error)?;
            Ok(forgot_page(&request, status(&error), ForgotPage { email: asked.email, refused: error.into() }))
        }
    }
}

/// `GET /reset?email&code`: the link of the mail leads here.
pub async fn show_reset(request: HttpRequest, app: State, query: Query<ResetForm>) -> Answer {
    let ResetForm { email, code, .. } = query.into_inner();
    Ok(reset_page(&request, StatusCode::OK, ResetPage { email, code, folder: folder(&app), ..ResetPage::default() }))
}

/// `POST /reset {email, code, password}`
pub async fn reset(request: HttpRequest, app: State, from: Origin, form: Form<ResetForm>) -> Answer {
    let ResetForm { email, code, password } = form.into_inner();
    let asked = ResetPassword { email, code, password };
    match auth::reset_password(&app.services, &asked, &from.0).await {
        Ok(()) => Ok(see_other_saying(&app, "/login", Notice::PasswordReset)),
        Err(error) => {
            let error = answered(error)?;
            let code = status(&error);
            let page = ResetPage { email: asked.email, code: asked.code, folder: folder(&app), refused: error.into() };
            Ok(reset_page(&request, code, page))
        }
    }
}

/// A fault of ours has a page of its own.
pub(super) fn answered(error: Error) -> Result<ApiError, Refusal> {
    match error {
        Error::Unavailable(_) | Error::Internal(_) => Err(error.into()),
        error => Ok(error.to_api()),
    }
}

/// Told to developers alone: elsewhere there is https.
fn folder(app: &State) -> Option<String> {
    let folder = app.services.mail_folder().filter(|_| !app.config.secure_cookies())?;
    Some(folder.display().to_string())
}

async fn verify_page(
    request: &HttpRequest,
    app: &State,
    visitor: &Visitor,
    form: CodeForm,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let me = match visitor.0 {
        Some(viewer) => Some(profile::me(&app.services, viewer).await?),
        None if form.account.is_none() => return Err(Refusal::log_in_first(request)),
        None => None,
    };
    if me.as_ref().is_some_and(|me| me.verified) && form.account.is_none() {
        return Ok(see_other("/people"));
    }
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let email = me.filter(|_| form.account.is_none()).map(|me| me.email);
    let refused = refused.map(Into::into).unwrap_or_default();
    let page = VerifyPage { email, account: form.account, code: form.code, folder: folder(app), refused };
    Ok(Reply::new(request, "Confirm your email").status(code).class("is-account").show(|| page.view()))
}

fn forgot_page(request: &HttpRequest, code: StatusCode, page: ForgotPage) -> HttpResponse {
    Reply::new(request, "A new password").status(code).class("is-account").show(|| page.view())
}

fn reset_page(request: &HttpRequest, code: StatusCode, page: ResetPage) -> HttpResponse {
    Reply::new(request, "A new password").status(code).class("is-account").show(|| page.view())
}
