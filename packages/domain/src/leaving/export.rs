//! A copy of all that is kept of a person: one JSON file, photos included, made by a job and kept for a day.

use std::time::Duration;

use balloond_database::{AsyncConnection, leaving, user};
use balloond_shared::{
    Cursor, ErrorCode, ExportId, SessionId, UserId,
    chat::{ChatSummary, Message, MessagesQuery},
    leaving::{EXPORT_HOURS, Export},
    page::MAX_LIMIT,
};
use balloond_storage::{ChatPhotoKey, PhotoKey, Variant};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    Error, Result, Services, Viewer, auth, balloon, chat,
    job::{self, Job},
    limits, notification, profile, safety,
    services::run_to_end,
    staff,
};

/// All pages of a list.
macro_rules! all_pages {
    ($list:path, $services:expr, $viewer:expr) => {{
        let (mut items, mut cursor) = (Vec::new(), None::<Cursor>);
        loop {
            let after = cursor.as_ref().map(|cursor| cursor.0.as_str());
            let part = $list($services, $viewer, after, Some(MAX_LIMIT)).await?;
            items.extend(part.items);
            cursor = part.next;
            if cursor.is_none() {
                break items;
            }
        }
    }};
}

const URL_LIFE: Duration = Duration::from_secs(15 * 60);
/// Rows a statement.
const BATCH: i64 = 100;

/// Begins a copy. While one is being made, or is there, it is that one.
#[tracing::instrument(name = "leaving.request_export", level = "trace", skip_all)]
pub async fn request_export(services: &Services, viewer: Viewer) -> Result<Export> {
    limits::check(services, &limits::EXPORT, &viewer.user.to_string()).await?;
    let task = services.clone();
    let row = run_to_end(async move {
        let mut conn = task.database.primary().await?;
        conn.transaction(async |conn| {
            user::lock(conn, &[viewer.user]).await?;
            let now = Utc::now();
            if let Some(known) = leaving::newest_export(conn, viewer.user, now).await? {
                return Ok(known);
            }
            let row = leaving::Export {
                id: ExportId::new(),
                user_id: viewer.user,
                percent: 0,
                requested_at: now,
                finished_at: None,
                expires_at: now + TimeDelta::hours(EXPORT_HOURS),
            };
            leaving::insert_export(conn, &row).await?;
            job::enqueue(conn, &Job::MakeExport { export: row.id }).await?;
            Ok::<_, Error>(row)
        })
        .await
    })
    .await?;
    present(services, row).await
}

/// How far the viewer's copy is, and where once it is there. `NotFound` when none was asked for.
#[tracing::instrument(name = "leaving.export", level = "trace", skip_all)]
pub async fn export(services: &Services, viewer: Viewer) -> Result<Export> {
    let mut conn = services.database.primary().await?;
    let row = leaving::newest_export(&mut conn, viewer.user, Utc::now()).await?.ok_or(ErrorCode::NotFound)?;
    drop(conn);
    present(services, row).await
}

async fn present(services: &Services, row: leaving::Export) -> Result<Export> {
    let url = match row.finished_at {
        Some(_) => Some(services.storage.export_url(row.id, URL_LIFE).await?),
        None => None,
    };
    Ok(Export { id: row.id, requested_at: row.requested_at, percent: row.percent, expires_at: row.expires_at, url })
}

/// Makes the copy; for the job.
pub(crate) async fn make(services: &Services, id: ExportId) -> Result<()> {
    let found = leaving::find_export(&mut *services.database.primary().await?, id).await?;
    // Erased, or expired, in the meantime.
    let Some(row) = found.filter(|row| row.finished_at.is_none()) else { return Ok(()) };
    let copy = collect(services, row.user_id, id).await?;
    let file = serde_json::to_vec_pretty(&copy).map_err(Error::internal)?;
    services.storage.put_export(id, &file).await?;
    leaving::progress_export(&mut *services.database.primary().await?, id, 100, Some(Utc::now())).await?;
    Ok(())
}

async fn progress(services: &Services, id: ExportId, percent: i16) -> Result<()> {
    leaving::progress_export(&mut *services.database.primary().await?, id, percent, None).await?;
    Ok(())
}

/// All that is kept of somebody, as they may see it themselves.
async fn collect(services: &Services, user: UserId, id: ExportId) -> Result<Value> {
    // No session is needed for what follows: it is the person's own.
    let viewer = Viewer { user, session: SessionId::new() };
    let me = profile::me(services, viewer).await?;
    let mut photos = Vec::new();
    for photo in &me.profile.photos {
        let key = PhotoKey { user, photo: photo.id, variant: Variant::Large };
        let webp = services.storage.get(key).await?;
        photos.push(json!({ "id": photo.id, "width": photo.width, "height": photo.height, "webp_base64": STANDARD.encode(webp) }));
    }
    progress(services, id, 20).await?;
    let summaries = all_pages!(chat::list, services, viewer);
    let mut chats = Vec::new();
    for (index, summary) in summaries.iter().enumerate() {
        chats.push(chat_of(services, viewer, summary).await?);
        progress(services, id, 20 + i16::try_from(index * 70 / summaries.len()).unwrap_or(0)).await?;
    }
    Ok(json!({
        "made_at": Utc::now(),
        "account": me,
        "photos": photos,
        "safety": safety::get(services, viewer).await?,
        "blocks": all_pages!(safety::blocks, services, viewer),
        "reports": all_pages!(safety::reports, services, viewer),
        "record": all_pages!(staff::record, services, viewer),
        "notifications": notification::export(services, viewer).await?,
        "sessions": auth::sessions(services, viewer).await?,
        "passkeys": auth::passkeys(services, viewer).await?,
        "tokens": auth::api_tokens(services, viewer).await?,
        "balloons": {
            "sent": all_pages!(balloon::sent, services, viewer),
            "received": all_pages!(balloon::received, services, viewer),
        },
        "chats": chats,
    }))
}

/// A chat with all its messages, oldest first.
async fn chat_of(services: &Services, viewer: Viewer, summary: &ChatSummary) -> Result<Value> {
    let (mut messages, mut before) = (Vec::new(), None);
    loop {
        let query = MessagesQuery { before, limit: Some(MAX_LIMIT), ..MessagesQuery::default() };
        let mut part = chat::messages(services, viewer, summary.id, query).await?;
        before = part.items.first().map(|first| first.seq);
        part.items.append(&mut messages);
        messages = part.items;
        if !part.more {
            let messages = with_own_photos(services, viewer, messages).await?;
            return Ok(json!({ "id": summary.id, "title": summary.title, "messages": messages }));
        }
    }
}

/// With the files of the photos that the viewer sent: those of others are theirs.
async fn with_own_photos(services: &Services, viewer: Viewer, messages: Vec<Message>) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(messages.len());
    for message in messages {
        let mut value = serde_json::to_value(&message).map_err(Error::internal)?;
        if message.photo.is_some()
            && message.sender == viewer.user
            && let Some(photo) = value.get_mut("photo").and_then(Value::as_object_mut)
        {
            let key = ChatPhotoKey { chat: message.chat, message: message.id, variant: Variant::Large };
            photo.insert("webp_base64".to_owned(), STANDARD.encode(services.storage.chat_photo(key).await?).into());
        }
        values.push(value);
    }
    Ok(values)
}

/// Deletes the copies whose time is over; for the job.
pub(crate) async fn delete_expired(services: &Services) -> Result<()> {
    loop {
        let gone = leaving::delete_expired_exports(&mut *services.database.primary().await?, Utc::now(), BATCH).await?;
        if gone.is_empty() {
            return Ok(());
        }
        for export in gone {
            services.storage.delete_export(export).await?;
        }
    }
}
