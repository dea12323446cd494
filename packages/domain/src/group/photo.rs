//! A group's photo: for its members alone, as the photos in chats are.

use balloond_database::{AsyncConnection, group, message};
use balloond_shared::{
    ChatId, ErrorCode, MessageId,
    chat::{Chat, PhotoSize},
    group::{GroupChange, Role},
};
use balloond_storage::{ChatPhotoKey, Variant};
use bytes::Bytes;

use super::{Members, tell_changed};
use crate::{
    Error, Result, Services, Viewer,
    chat::{PHOTO_URL_LIFE, discard_photo},
    job::{self, Job},
    limits,
    services::run_to_end,
};

/// Gives the group a photo, or another one: the owner and moderators. `Invalid` (field `photo`) when it is none.
#[tracing::instrument(name = "group.set_photo", level = "trace", skip_all)]
pub async fn set_photo(services: &Services, viewer: Viewer, chat: ChatId, upload: Bytes) -> Result<Chat> {
    limits::check(services, &limits::UPLOAD, &viewer.user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    // Asked before the work and again under the lock.
    conn.transaction(async |conn| Members::lock(conn, viewer, chat).await?.require(Role::Moderator)).await?;
    drop(conn);
    let processed = services.photos.process(upload).await?;
    let task = services.clone();
    run_to_end(async move {
        let id = MessageId::new();
        // Files first: without a row they are nobody's, and swept.
        task.storage.put_chat_photo(chat, id, &processed.thumb, &processed.large).await?;
        let replaced = replace(&task, viewer, chat, Some(id)).await;
        if replaced.is_err() {
            discard_photo(&task, chat, id).await;
        }
        replaced
    })
    .await?;
    crate::chat::get(services, viewer, chat).await
}

/// Takes the group's photo away: the owner and moderators. Repeating it changes nothing.
#[tracing::instrument(name = "group.remove_photo", level = "trace", skip_all)]
pub async fn remove_photo(services: &Services, viewer: Viewer, chat: ChatId) -> Result<Chat> {
    limits::check(services, &limits::INVITE, &viewer.user.to_string()).await?;
    let task = services.clone();
    run_to_end(async move { replace(&task, viewer, chat, None).await }).await?;
    crate::chat::get(services, viewer, chat).await
}

async fn replace(services: &Services, viewer: Viewer, chat: ChatId, photo: Option<MessageId>) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let transaction = conn.transaction(async |conn| {
        let group = Members::lock(conn, viewer, chat).await?;
        group.require(Role::Moderator)?;
        if group.photo.is_none() && photo.is_none() {
            return Ok(None);
        }
        group::set_photo(conn, chat, photo).await?;
        if let Some(message) = group.photo {
            job::enqueue(conn, &Job::DeleteChatPhoto { chat, message }).await?;
        }
        let change = if photo.is_some() { GroupChange::Pictured } else { GroupChange::Unpictured };
        Ok::<_, Error>(Some(message::insert_line(conn, chat, viewer.user, change, None, None).await?))
    });
    let changed = transaction.await?;
    drop(conn);
    if let Some(line) = changed {
        tell_changed(services, chat, line).await;
    }
    Ok(())
}

/// Where a member finds the group's photo for the next minute. `NotFound` for everybody else, and where there is none.
#[tracing::instrument(name = "group.photo_url", level = "trace", skip_all)]
pub async fn photo_url(services: &Services, viewer: Viewer, chat: ChatId, size: PhotoSize) -> Result<String> {
    let mut conn = services.database.primary().await?;
    let message = group::photo(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    drop(conn);
    let variant = match size {
        PhotoSize::Small => Variant::Small,
        PhotoSize::Large => Variant::Large,
    };
    Ok(services.storage.chat_photo_url(ChatPhotoKey { chat, message, variant }, PHOTO_URL_LIFE).await?)
}
