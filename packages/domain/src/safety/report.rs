//! Reports. The evidence is copied when the report is made: what is edited, deleted or left afterwards does not change it.

use std::time::Duration;

use balloond_database::{AsyncPgConnection, Keyset, balloon, block, photo, report, user};
use balloond_shared::{
    BalloonId, ChatId, ErrorCode, MessageId, Page, PhotoId, ReportId, UserId, current_age, page,
    report::{CHAT_MESSAGES, Evidence, MakeReport, Report, ReportAbout, ReportedMessage, ReportedNote, ReportedPerson},
};
use chrono::{SubsecRound, Utc};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::require_sight;
use crate::{Error, Result, Services, Viewer, limits, services::run_to_end};

/// Messages after the one that is reported.
const AFTERWARDS: i64 = 5;
const PHOTO_URL_LIFE: Duration = Duration::from_secs(60 * 60);

/// Makes a report. `Forbidden` for oneself and what is one's own; `NotFound` for what one does not know.
#[tracing::instrument(name = "safety.report", level = "trace", skip_all)]
pub async fn report(services: &Services, viewer: Viewer, request: &MakeReport) -> Result<Report> {
    let words = request.parse()?;
    limits::check(services, &limits::REPORT, &viewer.user.to_string()).await?;
    let (services, request) = (services.clone(), request.clone());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let mut evidence = gather(&mut conn, viewer.user, request.about, request.id).await?;
        let (id, reported) = (ReportId::new(), evidence.person.as_ref().map(|person| person.id));
        if let Some(person) = &mut evidence.person {
            let photos = photo::of_user(&mut conn, person.id).await?;
            drop(conn);
            person.photos = copy_photos(&services, id, person.id, &photos).await;
            conn = services.database.primary().await?;
        }
        if let Some(chat) = chat_of(&mut conn, request.about, request.id).await? {
            drop(conn);
            copy_chat_photos(&services, id, chat, &mut evidence).await;
            conn = services.database.primary().await?;
        }
        let row = report::Report {
            id,
            reporter_id: viewer.user,
            reported_id: reported,
            about: name(request.about)?,
            about_id: request.id,
            reason: name(request.reason)?,
            words: words.into_string(),
            evidence: serde_json::to_value(evidence).map_err(Error::internal)?,
            // As finely as it is stored.
            created_at: Utc::now().trunc_subsecs(6),
        };
        report::insert(&mut conn, &row).await?;
        drop(conn);
        tracing::info!(report = %id, about = row.about, reason = row.reason, "something was reported");
        whole(&services, row).await
    })
    .await
}

/// The chat whose messages are copied.
async fn chat_of(conn: &mut AsyncPgConnection, about: ReportAbout, id: Uuid) -> Result<Option<ChatId>> {
    Ok(match about {
        ReportAbout::Chat => Some(ChatId::from_uuid(id)),
        ReportAbout::Message => report::place(conn, MessageId::from_uuid(id)).await?.map(|place| place.chat_id),
        ReportAbout::Person | ReportAbout::Balloon => None,
    })
}

/// What a report about this would copy, but for the photos.
#[tracing::instrument(name = "safety.preview", level = "trace", skip_all)]
pub async fn preview(services: &Services, viewer: Viewer, about: ReportAbout, id: Uuid) -> Result<Evidence> {
    gather(&mut *services.database.primary().await?, viewer.user, about, id).await
}

/// What the viewer reported, the last one first, without the evidence.
#[tracing::instrument(name = "safety.reports", level = "trace", skip_all)]
pub async fn reports(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<Report>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let page = keyset.page(report::list(&mut conn, viewer.user, keyset).await?, |row| row.id.as_uuid());
    let items = page.items.into_iter().map(summary).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// One of the viewer's reports, with its evidence.
#[tracing::instrument(name = "safety.reported", level = "trace", skip_all)]
pub async fn reported(services: &Services, viewer: Viewer, id: ReportId) -> Result<Report> {
    let mut conn = services.database.primary().await?;
    let row = report::find(&mut conn, viewer.user, id).await?.ok_or(ErrorCode::NotFound)?;
    drop(conn);
    whole(services, row).await
}

async fn gather(conn: &mut AsyncPgConnection, viewer: UserId, about: ReportAbout, id: Uuid) -> Result<Evidence> {
    match about {
        ReportAbout::Person => of_person(conn, viewer, UserId::from_uuid(id)).await,
        ReportAbout::Balloon => of_balloon(conn, viewer, BalloonId::from_uuid(id)).await,
        ReportAbout::Chat => of_chat(conn, viewer, ChatId::from_uuid(id)).await,
        ReportAbout::Message => of_message(conn, viewer, MessageId::from_uuid(id)).await,
    }
}

/// Whoever was blocked can be reported afterwards.
async fn of_person(conn: &mut AsyncPgConnection, viewer: UserId, other: UserId) -> Result<Evidence> {
    if viewer == other {
        return Err(ErrorCode::Forbidden.into());
    }
    if !block::exists(conn, viewer, other).await? {
        require_sight(conn, viewer, other).await?;
    }
    Ok(Evidence { person: person(conn, other).await?, ..Evidence::default() })
}

/// Also when it was popped, or taken back by whoever floated it.
async fn of_balloon(conn: &mut AsyncPgConnection, viewer: UserId, id: BalloonId) -> Result<Evidence> {
    let row = balloon::find(conn, id).await?.filter(|row| row.to_id == viewer).ok_or(ErrorCode::NotFound)?;
    let note = Some(ReportedNote { note: row.note, sent_at: row.sent_at });
    Ok(Evidence { person: person(conn, row.from_id).await?, note, messages: Vec::new() })
}

async fn of_chat(conn: &mut AsyncPgConnection, viewer: UserId, chat: ChatId) -> Result<Evidence> {
    let other = report::knows_chat(conn, viewer, chat).await?.ok_or(ErrorCode::NotFound)?;
    let person = match other {
        Some(other) => person(conn, other).await?,
        None => None,
    };
    let messages = report::messages(conn, chat, i64::MAX, CHAT_MESSAGES).await?;
    Ok(Evidence { person, note: None, messages: messages.into_iter().map(copied).collect() })
}

async fn of_message(conn: &mut AsyncPgConnection, viewer: UserId, message: MessageId) -> Result<Evidence> {
    let place = report::place(conn, message).await?.ok_or(ErrorCode::NotFound)?;
    report::knows_chat(conn, viewer, place.chat_id).await?.ok_or(ErrorCode::NotFound)?;
    if place.sender_id == viewer {
        return Err(ErrorCode::Forbidden.into());
    }
    let messages = report::messages(conn, place.chat_id, place.seq + AFTERWARDS, CHAT_MESSAGES).await?;
    Ok(Evidence {
        person: person(conn, place.sender_id).await?,
        note: None,
        messages: messages.into_iter().map(copied).collect(),
    })
}

async fn person(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<ReportedPerson>> {
    Ok(user::find(conn, id).await?.map(|user| ReportedPerson {
        id: user.id,
        name: user.name,
        age: current_age(user.age, user.age_given_on, Utc::now().date_naive()),
        bio: user.bio,
        interests: user.interests,
        photos: Vec::new(),
    }))
}

fn copied(row: report::Copied) -> ReportedMessage {
    // Until it is copied, that there is one is all that is known.
    let photo = row.is_photo.then(String::new);
    ReportedMessage { id: row.id, sender: row.sender_id, name: row.name, body: row.body, photo, sent_at: row.sent_at }
}

/// Copies the photos beside the report, and answers their ids. A store that is away costs the copies, not the report.
async fn copy_photos(services: &Services, report: ReportId, owner: UserId, photos: &[photo::Photo]) -> Vec<String> {
    let mut kept = Vec::new();
    for photo in photos {
        match services.storage.keep_evidence(owner, photo.id, report).await {
            Ok(()) => kept.push(photo.id.to_string()),
            Err(error) => tracing::warn!(%error, %report, "a photo could not be copied for a report"),
        }
    }
    kept
}

/// Likewise for the photos among the messages; what could not be copied is not named.
async fn copy_chat_photos(services: &Services, report: ReportId, chat: ChatId, evidence: &mut Evidence) {
    for message in evidence.messages.iter_mut().filter(|message| message.photo.is_some()) {
        if let Err(error) = services.storage.keep_chat_evidence(chat, message.id, report).await {
            tracing::warn!(%error, %report, "a chat's photo could not be copied for a report");
            message.photo = None;
        }
    }
}

fn summary(row: report::Report) -> Result<Report> {
    Ok(Report {
        id: row.id,
        about: read(row.about.into())?,
        about_id: row.about_id,
        reason: read(row.reason.into())?,
        words: row.words,
        made_at: row.created_at,
        evidence: None,
    })
}

async fn whole(services: &Services, row: report::Report) -> Result<Report> {
    let evidence = evidence_of(services, row.id, row.evidence.clone()).await?;
    Ok(Report { evidence: Some(evidence), ..summary(row)? })
}

/// What a report copied, with addresses instead of the ids of the photos.
pub(crate) async fn evidence_of(services: &Services, id: ReportId, stored: serde_json::Value) -> Result<Evidence> {
    let mut evidence: Evidence = read(stored)?;
    for photo in evidence.person.iter_mut().flat_map(|person| &mut person.photos) {
        let photo_id: PhotoId = photo.parse().map_err(Error::internal)?;
        *photo = services.storage.evidence_url(id, photo_id, PHOTO_URL_LIFE).await?;
    }
    for message in &mut evidence.messages {
        if let Some(photo) = &mut message.photo {
            let photo_id = PhotoId::from_uuid(message.id.as_uuid());
            *photo = services.storage.evidence_url(id, photo_id, PHOTO_URL_LIFE).await?;
        }
    }
    Ok(evidence)
}

/// An enum's name, as it goes over the wire too.
pub(crate) fn name(value: impl Serialize) -> Result<String> {
    let name = serde_json::to_value(value).map_err(Error::internal)?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}

pub(crate) fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(Error::internal)
}
