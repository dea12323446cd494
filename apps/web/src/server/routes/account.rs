use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::{Form, Query},
};
use balloond_domain::{
    auth::{self, LoggedIn},
    switch,
};
use balloond_shared::{
    ApiError, ErrorCode,
    auth::{Login, Register, SignedIn},
    switch::Switch,
};
use serde::Deserialize;

use super::{Answer, second_step::code_page};
use crate::{
    components::field::Refused,
    pages::{CodePage, LoginPage, Notice, RegisterPage},
    server::{
        answer::status,
        app::State,
        client::Origin,
        cookies::SessionChange,
        next::own_path,
        reply::{Reply, see_other, see_other_saying},
        visitor::{Held, Visitor},
    },
};

/// Where somebody begins who has just come in.
pub(super) const BEGINNING: &str = "/people";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RegisterForm {
    email: String,
    password: String,
    name: String,
    age: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LoginForm {
    email: String,
    password: String,
    next: Option<String>,
}

#[derive(Deserialize)]
pub struct NextQuery {
    pub(super) next: Option<String>,
}

/// `GET /register`
pub async fn show_register(request: HttpRequest, app: State, visitor: Visitor) -> Answer {
    if visitor.0.is_some() {
        return Ok(see_other(BEGINNING));
    }
    let is_open = switch::is_on(&app.services, Switch::Registration).await;
    let refused = if is_open { Refused::default() } else { ApiError::new(ErrorCode::SwitchedOff).into() };
    Ok(register_page(&request, StatusCode::OK, RegisterPage { refused, ..RegisterPage::default() }))
}

/// `POST /register`
pub async fn register(request: HttpRequest, app: State, from: Origin, form: Form<RegisterForm>) -> Answer {
    let RegisterForm { email, password, name, age } = form.into_inner();
    let asked = Register { email, password, name, age: read_age(&age) };
    match auth::register(&app.services, &asked, &from.0).await {
        Ok(signed_in) => Ok(come_in(&request, signed_in, "/verify")),
        Err(error) => {
            let error = error.to_api();
            let page = RegisterPage { email: asked.email, name: asked.name, age, refused: Refused::default() };
            Ok(register_page(&request, status(&error), RegisterPage { refused: error.into(), ..page }))
        }
    }
}

/// `GET /login?next=`
pub async fn show_login(request: HttpRequest, visitor: Visitor, query: Query<NextQuery>) -> Answer {
    let next = query.next.as_deref().and_then(own_path).map(str::to_owned);
    if visitor.0.is_some() {
        return Ok(see_other(next.as_deref().unwrap_or(BEGINNING)));
    }
    Ok(login_page(&request, StatusCode::OK, LoginPage { next, ..LoginPage::default() }))
}

/// `POST /login`
pub async fn log_in(request: HttpRequest, app: State, from: Origin, form: Form<LoginForm>) -> Answer {
    let LoginForm { email, password, next } = form.into_inner();
    let next = next.as_deref().and_then(own_path).map(str::to_owned);
    let asked = Login { email, password };
    match auth::log_in(&app.services, &asked, &from.0).await {
        Ok(LoggedIn::SignedIn(signed_in)) => Ok(come_in(&request, *signed_in, next.as_deref().unwrap_or(BEGINNING))),
        Ok(LoggedIn::SecondStep(needed)) => {
            let page = CodePage { ticket: needed.ticket, next, refused: Refused::default() };
            Ok(code_page(&request, StatusCode::OK, page))
        }
        Err(error) => {
            let error = error.to_api();
            let code = status(&error);
            Ok(login_page(&request, code, LoginPage { email: asked.email, next, refused: error.into() }))
        }
    }
}

/// `POST /logout`
pub async fn log_out(request: HttpRequest, app: State, held: Held) -> Answer {
    auth::log_out(&app.services, held.0).await?;
    request.extensions_mut().insert(SessionChange::Ends);
    let mut answer = see_other_saying(&app, "/", Notice::LoggedOut);
    // What was not sent yet is kept in the browser, and goes with its writer.
    answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));
    Ok(answer)
}

/// What is no number is no age either.
pub fn read_age(text: &str) -> i64 {
    text.trim().parse().unwrap_or(i64::MAX)
}

pub(super) fn come_in(request: &HttpRequest, signed_in: SignedIn, path: &str) -> HttpResponse {
    request.extensions_mut().insert(SessionChange::Begins(Box::new(signed_in)));
    see_other(path)
}

fn register_page(request: &HttpRequest, code: StatusCode, page: RegisterPage) -> HttpResponse {
    Reply::new(request, "Open an account").status(code).class("is-account").show(|| page.view())
}

fn login_page(request: &HttpRequest, code: StatusCode, page: LoginPage) -> HttpResponse {
    Reply::new(request, "Log in").status(code).class("is-account").show(|| page.view())
}

#[cfg(test)]
mod tests {
    use balloond_shared::Age;

    use super::*;

    #[test]
    fn an_age_that_is_no_number_is_refused_with_the_ages_own_sentence() {
        assert_eq!(read_age(" 34 "), 34);
        assert!(Age::parse(read_age("thirty")).is_err());
    }
}
