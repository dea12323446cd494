//! Photos in a chat: seen by its members, and by nobody else.

use std::time::Duration;

use balloond_database::message::{self, Change, NewMessage, Picture};
use balloond_shared::{
    ChatId, ErrorCode, MessageId,
    chat::{MessagePhoto, PhotoSize, SendPhoto},
    switch::Switch,
};
use balloond_storage::{ChatPhotoKey, Variant};
use bytes::Bytes;
use chrono::Utc;

use super::send::{Sent, store};
use crate::{
    Error, Result, Services, Viewer,
    job::{self, Job},
    limits,
    services::run_to_end,
    switch,
};

/// How long an address of a photo is good: as long as a slow phone needs to begin with it.
pub const PHOTO_URL_LIFE: Duration = Duration::from_secs(60);

/// Decodes an upload, stores its sizes where only members are led to, and sends it. `Invalid` (field `photo`) when it is no photo,
/// `NotFound` for whoever is not a member. A repeat answers what was first stored.
#[tracing::instrument(name = "chat.send_photo", level = "trace", skip_all)]
pub async fn send_photo(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    request: &SendPhoto,
    upload: Bytes,
) -> Result<Sent> {
    let caption = request.parse()?;
    switch::require(services, Switch::ChatPhotos).await?;
    limits::check(services, &limits::UPLOAD, &viewer.user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    balloond_database::chat::head(&mut conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    drop(conn);
    let processed = services.photos.process(upload).await?;
    let (services, client_id, reply_to) = (services.clone(), request.client_id, request.reply_to);
    run_to_end(async move {
        let (id, sender) = (MessageId::new(), viewer.user);
        let pixels = |count: u32| i32::try_from(count).map_err(Error::internal);
        let (width, height) = (pixels(processed.width)?, pixels(processed.height)?);
        let picture = Picture(MessagePhoto { width, height, placeholder: processed.placeholder });
        let body = caption.as_ref().map_or("", |caption| caption.as_str());
        // Files first: a message without its files would be seen as a broken photo, files without a message by nobody.
        services.storage.put_chat_photo(chat, id, &processed.small, &processed.large).await?;
        let new = NewMessage { id, chat, sender, client_id, body, reply_to, photo: Some(&picture) };
        let sent = store(&services, new).await;
        if !sent.as_ref().is_ok_and(|sent| !sent.repeated) {
            discard(&services, chat, id).await;
        }
        sent
    })
    .await
}

/// Where a member finds a photo for the next minute; asked for anew each time. `NotFound` for everybody else, and when it was deleted.
#[tracing::instrument(name = "chat.photo_url", level = "trace", skip_all)]
pub async fn photo_url(
    services: &Services,
    viewer: Viewer,
    chat: ChatId,
    message: MessageId,
    size: PhotoSize,
) -> Result<String> {
    let mut conn = services.database.primary().await?;
    if !message::shows_photo(&mut conn, viewer.user, chat, message).await? {
        return Err(ErrorCode::NotFound.into());
    }
    drop(conn);
    let variant = match size {
        PhotoSize::Small => Variant::Small,
        PhotoSize::Large => Variant::Large,
    };
    Ok(services.storage.chat_photo_url(ChatPhotoKey { chat, message, variant }, PHOTO_URL_LIFE).await?)
}

/// What becomes of a message that is deleted for everyone.
pub(super) fn gone() -> Change {
    Change {
        body: Some(String::new()),
        edited_at: Some(None),
        deleted_at: Some(Some(Utc::now())),
        reply_to: Some(None),
        reactions: Some(None),
        photo: Some(None),
    }
}

/// Files that no message will name. What cannot be deleted now, a job deletes.
pub(crate) async fn discard(services: &Services, chat: ChatId, message: MessageId) {
    let enqueued = async {
        let mut conn = services.database.primary().await?;
        job::enqueue(&mut conn, &Job::DeleteChatPhoto { chat, message }).await
    };
    if let Err(error) = enqueued.await {
        tracing::warn!(%error, %message, "the files of a refused photo stay behind");
    }
}
