use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{Error, chat, safety};
use balloond_shared::{ApiError, UserId, safety::EditSafety};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::{field::Refused, navigation::Section},
    pages::{Notice, SafetyPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BlocksQuery {
    cursor: Option<String>,
}

#[derive(Deserialize)]
pub struct PauseForm {
    paused: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WordsForm {
    hidden_words: String,
}

/// `GET /me/safety?cursor`
pub async fn show(request: HttpRequest, app: State, member: Member, query: Query<BlocksQuery>) -> Answer {
    safety_page(&request, &app, &member, query.cursor.as_deref(), None).await
}

/// `POST /me/safety/pause {paused}`
pub async fn pause(app: State, member: Member, form: Form<PauseForm>) -> Answer {
    let change = EditSafety { paused: Some(form.paused), ..EditSafety::default() };
    safety::edit(&app.services, member.0, &change).await?;
    Ok(see_other_saying(&app, "/me/safety", if form.paused { Notice::Paused } else { Notice::SeenAgain }))
}

/// `POST /me/safety/words {hidden_words}`
pub async fn words(request: HttpRequest, app: State, member: Member, form: Form<WordsForm>) -> Answer {
    let typed = form.into_inner().hidden_words;
    let words = typed.split(['\n', ',']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
    let change = EditSafety { hidden_words: Some(words.collect()), ..EditSafety::default() };
    match safety::edit(&app.services, member.0, &change).await {
        Ok(_) => Ok(see_other_saying(&app, "/me/safety", Notice::Saved)),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error.into()),
        Err(error) => safety_page(&request, &app, &member, None, Some((typed, error.to_api()))).await,
    }
}

/// `POST /people/{id}/block`
pub async fn block(app: State, member: Member, id: Path<UserId>) -> Answer {
    safety::block(&app.services, member.0, *id).await?;
    Ok(see_other_saying(&app, "/people", Notice::Blocked))
}

/// `POST /people/{id}/unblock`
pub async fn unblock(app: State, member: Member, id: Path<UserId>) -> Answer {
    safety::unblock(&app.services, member.0, *id).await?;
    Ok(see_other_saying(&app, "/me/safety", Notice::Unblocked))
}

/// `typed`: the words as they were typed, and why they were not taken.
async fn safety_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    cursor: Option<&str>,
    typed: Option<(String, ApiError)>,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let (settings, blocks, reports, badges) = try_join!(
        safety::get(services, viewer),
        safety::blocks(services, viewer, cursor, None),
        safety::reports(services, viewer, None, None),
        chat::badges(services, viewer),
    )?;
    let code = typed.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let (words, refused) = match typed {
        Some((words, error)) => (words, Refused::from(error)),
        None => (settings.hidden_words.join("\n"), Refused::default()),
    };
    let page = SafetyPage { paused: settings.paused, words, refused, blocks, reports: reports.items, now: Utc::now() };
    Ok(Reply::new(request, "Safety").status(code).of_member(Section::Me, badges).show(|| page.view()))
}
