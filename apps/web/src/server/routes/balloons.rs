use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{Error, balloon, chat};
use balloond_shared::{
    ApiError, BalloonId, ErrorCode, UserId,
    balloon::{BalloonBox, FloatBalloon},
};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::{Answer, people::profile_page};
use crate::{
    components::navigation::Section,
    pages::{BalloonsPage, Notice},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other, see_other_saying},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BalloonsQuery {
    #[serde(rename = "box")]
    shown: BalloonBox,
    /// Into the box that is shown.
    cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    note: String,
}

/// `GET /balloons?box&cursor`
pub async fn show(request: HttpRequest, app: State, member: Member, query: Query<BalloonsQuery>) -> Answer {
    balloons_page(&request, &app, &member, &query, None).await
}

/// `POST /people/{id}/balloon {note}`
pub async fn float(request: HttpRequest, app: State, member: Member, to: Path<UserId>, form: Form<NoteForm>) -> Answer {
    let asked = FloatBalloon { to: *to, note: form.into_inner().note };
    match balloon::float(&app.services, member.0, &asked).await {
        Ok(_) => Ok(see_other_saying(&app, "/balloons?box=sent", Notice::BalloonUp)),
        // Whom one floated a balloon is out of sight: there is no profile to say so on.
        Err(error @ Error::Refused(ErrorCode::AlreadyFloated)) => {
            refused(&request, &app, &member, BalloonBox::Sent, error).await
        }
        Err(error) => profile_page(&request, &app, &member, *to, asked.note, Some(answered(error)?)).await,
    }
}

/// `POST /balloons/{id}/catch`
pub async fn catch(request: HttpRequest, app: State, member: Member, id: Path<BalloonId>) -> Answer {
    match balloon::catch(&app.services, member.0, *id).await {
        Ok(chat) => Ok(see_other(format!("/chats/{}", chat.summary.id))),
        Err(error) => refused(&request, &app, &member, BalloonBox::Received, error).await,
    }
}

/// `POST /balloons/{id}/pop`
pub async fn pop(request: HttpRequest, app: State, member: Member, id: Path<BalloonId>) -> Answer {
    match balloon::pop(&app.services, member.0, *id).await {
        Ok(()) => Ok(see_other_saying(&app, "/balloons", Notice::Popped)),
        Err(error) => refused(&request, &app, &member, BalloonBox::Received, error).await,
    }
}

/// `POST /balloons/{id}/withdraw`
pub async fn withdraw(request: HttpRequest, app: State, member: Member, id: Path<BalloonId>) -> Answer {
    match balloon::withdraw(&app.services, member.0, *id).await {
        Ok(()) => Ok(see_other_saying(&app, "/balloons?box=sent", Notice::Withdrawn)),
        Err(error) => refused(&request, &app, &member, BalloonBox::Sent, error).await,
    }
}

/// A refusal is shown above the box it is about.
async fn refused(request: &HttpRequest, app: &State, member: &Member, shown: BalloonBox, error: Error) -> Answer {
    let error = answered(error)?;
    balloons_page(request, app, member, &BalloonsQuery { shown, cursor: None }, Some(error)).await
}

/// What a page can say to its reader; a fault of ours has a page of its own, and so has what is not there.
fn answered(error: Error) -> Result<ApiError, Refusal> {
    match error {
        Error::Unavailable(_) | Error::Internal(_) | Error::Refused(ErrorCode::NotFound) => Err(error.into()),
        error => Ok(error.to_api()),
    }
}

async fn balloons_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    query: &BalloonsQuery,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let cursor_of = |name| query.cursor.as_deref().filter(|_| query.shown == name);
    let (received, sent, badges) = try_join!(
        balloon::received(services, viewer, cursor_of(BalloonBox::Received), None),
        balloon::sent(services, viewer, cursor_of(BalloonBox::Sent), None),
        chat::badges(services, viewer),
    )?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = BalloonsPage {
        received,
        sent,
        shown: query.shown,
        is_newest: query.cursor.is_none(),
        refused: refused.map(|error| error.title),
        now: Utc::now(),
    };
    Ok(Reply::new(request, "Balloons").status(code).of_member(Section::Balloons, badges).show(|| page.view()))
}
