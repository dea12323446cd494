use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{Error, chat, safety};
use balloond_shared::{
    ApiError, ErrorCode, ReportId,
    report::{MakeReport, ReportAbout, ReportReason, Uuid},
};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::{ABOUTS, Notice, REASONS, ReportPage, ReportedPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Deserialize)]
pub struct ReportQuery {
    about: String,
    id: Uuid,
}

#[derive(Deserialize)]
pub struct ReportForm {
    about: String,
    id: Uuid,
    #[serde(default)]
    reason: String,
    /// Of the chat's messages the one that is meant; empty for all.
    #[serde(default)]
    message: String,
    #[serde(default)]
    words: String,
    block: Option<String>,
}

/// `GET /report?about&id`
pub async fn show(request: HttpRequest, app: State, member: Member, query: Query<ReportQuery>) -> Answer {
    report_page(&request, &app, &member, about(&query.about)?, query.id, String::new(), None).await
}

/// `POST /report {about, id, reason, message, words, block}`
pub async fn make(request: HttpRequest, app: State, member: Member, form: Form<ReportForm>) -> Answer {
    let ReportForm { about: name, id, reason, message, words, block } = form.into_inner();
    let whole = about(&name)?;
    let (about, meant) = match message.parse() {
        Ok(message) if whole == ReportAbout::Chat => (ReportAbout::Message, message),
        _ => (whole, id),
    };
    let reason =
        REASONS.iter().find(|(_, value, _)| *value == reason).map_or(ReportReason::Other, |(reason, ..)| *reason);
    let asked = MakeReport { about, id: meant, reason, words };
    match safety::report(&app.services, member.0, &asked).await {
        Ok(report) => {
            let person = report.evidence.and_then(|evidence| evidence.person);
            if let Some(person) = person.filter(|_| block.is_some()) {
                safety::block(&app.services, member.0, person.id).await?;
            }
            Ok(see_other_saying(&app, "/me/safety", Notice::Reported))
        }
        Err(Error::Invalid(errors)) => {
            report_page(&request, &app, &member, whole, id, asked.words, Some(ApiError::invalid(errors))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /me/reports/{id}`
pub async fn reported(request: HttpRequest, app: State, member: Member, id: Path<ReportId>) -> Answer {
    let (report, badges) =
        try_join!(safety::reported(&app.services, member.0, *id), chat::badges(&app.services, member.0))?;
    let page = ReportedPage { report, now: Utc::now() };
    Ok(Reply::new(&request, "Your report").of_member(Section::Me, badges).show(|| page.view()))
}

fn about(name: &str) -> Result<ReportAbout, ErrorCode> {
    ABOUTS.iter().find(|(_, known)| *known == name).map(|(about, _)| *about).ok_or(ErrorCode::NotFound)
}

async fn report_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    about: ReportAbout,
    id: Uuid,
    words: String,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let (evidence, badges) = try_join!(safety::preview(services, viewer, about, id), chat::badges(services, viewer))?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Into::into).unwrap_or_default();
    let page = ReportPage { about, id, evidence, me: viewer.user, words, refused, now: Utc::now() };
    Ok(Reply::new(request, "Report").status(code).of_member(None, badges).show(|| page.view()))
}
