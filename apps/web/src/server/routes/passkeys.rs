use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Query},
};
use balloond_domain::{Error, Result, auth, chat};
use balloond_shared::{
    ApiError, FieldErrors, PasskeyId,
    passkey::{AddPasskey, PasskeyLogin, PasskeyOptions},
};
use chrono::Utc;
use serde::Deserialize;
use serde_json::Value;
use tokio::try_join;

use super::{
    Answer,
    account::{BEGINNING, NextQuery, come_in},
    verification::answered,
};
use crate::{
    components::{field::Refused, navigation::Section},
    pages::{Notice, PASSKEY_SCRIPT, PasskeyLoginPage, PasskeysPage},
    server::{
        answer::status,
        app::State,
        client::Origin,
        next::own_path,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AddForm {
    name: String,
    password: String,
    credential: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RemoveForm {
    passkey: String,
    current_password: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct LoginForm {
    credential: String,
    next: Option<String>,
}

/// `GET /me/passkeys`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    page(&request, &app, &member, String::new(), None, None).await
}

/// `POST /me/passkeys {name, password, credential}`
pub async fn add(request: HttpRequest, app: State, member: Member, form: Form<AddForm>) -> Answer {
    let AddForm { name, password, credential } = form.into_inner();
    let asked = AddPasskey { name, password, credential: json(&credential) };
    match auth::add_passkey(&app.services, member.0, &asked).await {
        Ok(_) => Ok(see_other_saying(&app, "/me/passkeys", Notice::PasskeyAdded)),
        Err(error) => page(&request, &app, &member, asked.name, Some(answered(error)?), None).await,
    }
}

/// `POST /me/passkeys/remove {passkey, current_password}`
pub async fn remove(request: HttpRequest, app: State, member: Member, form: Form<RemoveForm>) -> Answer {
    let RemoveForm { passkey, current_password } = form.into_inner();
    let removed = match passkey.parse::<PasskeyId>() {
        Ok(id) => auth::remove_passkey(&app.services, member.0, id, &current_password).await,
        Err(_) => Err(Error::Invalid(FieldErrors::one("passkey", "required", "Choose the one to remove."))),
    };
    match removed {
        Ok(()) => Ok(see_other_saying(&app, "/me/passkeys", Notice::PasskeyRemoved)),
        Err(error) => page(&request, &app, &member, String::new(), None, Some(answered(error)?)).await,
    }
}

/// `GET /login/passkey`
pub async fn show_log_in(request: HttpRequest, app: State, from: Origin, query: Query<NextQuery>) -> Answer {
    let next = query.next.as_deref().and_then(own_path).map(str::to_owned);
    log_in_page(&request, &app, &from, next, None).await
}

/// `POST /login/passkey {credential, next}`
pub async fn log_in(request: HttpRequest, app: State, from: Origin, form: Form<LoginForm>) -> Answer {
    let LoginForm { credential, next } = form.into_inner();
    let next = next.as_deref().and_then(own_path).map(str::to_owned);
    let asked = PasskeyLogin { credential: json(&credential) };
    match auth::passkey_log_in(&app.services, &asked, &from.0).await {
        Ok(signed_in) => Ok(come_in(&request, signed_in, next.as_deref().unwrap_or(BEGINNING))),
        Err(error) => log_in_page(&request, &app, &from, next, Some(answered(error)?)).await,
    }
}

/// What is no JSON is no credential.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A page is there without passkeys too: while Redis is away, and for whoever asked too often.
fn at_hand(options: Result<PasskeyOptions>) -> Result<Option<PasskeyOptions>> {
    match options {
        Ok(options) => Ok(Some(options)),
        Err(Error::Unavailable(_) | Error::RefusedFor { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn log_in_page(
    request: &HttpRequest,
    app: &State,
    from: &Origin,
    next: Option<String>,
    refused: Option<ApiError>,
) -> Answer {
    let options = at_hand(auth::begin_passkey_log_in(&app.services, &from.0).await)?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let mut refused = refused.map(Refused::from).unwrap_or_default();
    if code == StatusCode::UNAUTHORIZED {
        refused.sentence =
            Some("That passkey is not known here, or it took too long. Try again, or use your password.".to_owned());
    }
    let page = PasskeyLoginPage { options, next, refused };
    let reply = Reply::new(request, "Log in with a passkey").status(code).class("is-account").script(PASSKEY_SCRIPT);
    Ok(reply.show(|| page.view()))
}

async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    name: String,
    refused: Option<ApiError>,
    removal: Option<ApiError>,
) -> Result<HttpResponse, crate::server::answer::Refusal> {
    let (passkeys, badges) = try_join!(auth::passkeys(&app.services, member.0), chat::badges(&app.services, member.0))?;
    let options = at_hand(auth::begin_passkey(&app.services, member.0).await)?;
    let code = refused.as_ref().or(removal.as_ref()).map_or(StatusCode::OK, status);
    let (refused, removal) =
        (refused.map(Refused::from).unwrap_or_default(), removal.map(Refused::from).unwrap_or_default());
    let page = PasskeysPage { passkeys, options, name, refused, removal, now: Utc::now() };
    let reply = Reply::new(request, "Passkeys").status(code).of_member(Section::Me, badges).script(PASSKEY_SCRIPT);
    Ok(reply.show(|| page.view()))
}
