use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Bytes, Path},
};
use balloond_domain::{auth, chat};
use balloond_shared::{
    ApiError, ApiTokenId,
    api_token::{MakeApiToken, Scope},
};
use chrono::Utc;
use tokio::try_join;

use super::{Answer, verification::answered};
use crate::{
    components::navigation::Section,
    pages::{Notice, TokensPage, made_token},
    server::{
        answer::status,
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

/// What stands in the form at first.
fn proposed() -> MakeApiToken {
    MakeApiToken { name: String::new(), scopes: vec![Scope::ProfileRead], days: Some(90), password: String::new() }
}

/// `GET /me/tokens`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    tokens_page(&request, &app, &member, proposed(), None).await
}

/// `POST /me/tokens {name, scopes*, days, password}`
pub async fn make(request: HttpRequest, app: State, member: Member, body: Bytes) -> Answer {
    let asked = asked(&body);
    match auth::make_api_token(&app.services, member.0, &asked).await {
        Ok(made) => {
            let badges = chat::badges(&app.services, member.0).await?;
            Ok(Reply::new(&request, "Your token").of_member(Section::Me, badges).show(|| made_token(made)))
        }
        Err(error) => tokens_page(&request, &app, &member, asked, Some(answered(error)?)).await,
    }
}

/// `POST /me/tokens/{id}/end`
pub async fn end(app: State, member: Member, id: Path<ApiTokenId>) -> Answer {
    auth::end_api_token(&app.services, member.0, *id).await?;
    Ok(see_other_saying(&app, "/me/tokens", Notice::TokenEnded))
}

/// A form with a field for each choice, which names the field again and again.
fn asked(body: &[u8]) -> MakeApiToken {
    let mut asked = MakeApiToken { scopes: Vec::new(), days: None, ..proposed() };
    for (name, value) in url::form_urlencoded::parse(body) {
        match &*name {
            "name" => asked.name = value.into_owned(),
            "scopes" => asked.scopes.extend(Scope::by_name(&value)),
            // What is no number is out of range.
            "days" if !value.is_empty() => asked.days = Some(value.parse().unwrap_or(0)),
            "password" => asked.password = value.into_owned(),
            _ => {}
        }
    }
    asked
}

async fn tokens_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    typed: MakeApiToken,
    refused: Option<ApiError>,
) -> Answer {
    let (tokens, badges) = try_join!(auth::api_tokens(&app.services, member.0), chat::badges(&app.services, member.0))?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = TokensPage { tokens, typed, refused: refused.map(Into::into).unwrap_or_default(), now: Utc::now() };
    Ok(Reply::new(request, "Tokens for programs").status(code).of_member(Section::Me, badges).show(|| page.view()))
}
