use std::{
    collections::HashSet,
    time::{Duration, SystemTime},
};

use balloond_database::{message, photo};
use balloond_shared::{MessageId, PhotoId, UserId};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::worker::services;
use crate::{Result, Services, photo::delete_files};

/// Files come before their row; a photo that is younger may still get one.
const YOUNG: Duration = Duration::from_secs(24 * 60 * 60);

/// Deletes the files of photos that no row names: of an upload that broke off, or of a person whose erasure did.
#[derive(Serialize, Deserialize)]
pub(super) struct DeleteOrphanedObjects {}

impl TaskHandler for DeleteOrphanedObjects {
    const IDENTIFIER: &'static str = "delete_orphaned_objects";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let services = services(&context)?;
        sweep(services).await?;
        sweep_chats(services).await
    }
}

/// One listing, and one question to the database, for a thousand objects.
async fn sweep(services: &Services) -> Result<()> {
    let mut after = None;
    loop {
        let (mut photos, next) = services.storage.photos(after).await?;
        photos.retain(|(_, photo)| is_old(photo.as_uuid()));
        for (user, photo) in orphans(services, photos).await? {
            tracing::info!(%photo, "an orphaned photo is deleted");
            delete_files(services, user, photo).await?;
        }
        match next {
            None => return Ok(()),
            next => after = next,
        }
    }
}

/// The same for the photos in chats, which are named by their messages.
async fn sweep_chats(services: &Services) -> Result<()> {
    let mut after = None;
    loop {
        let (mut photos, next) = services.storage.chat_photos(after).await?;
        photos.retain(|(_, message)| is_old(message.as_uuid()));
        let ids: Vec<MessageId> = photos.iter().map(|(_, message)| *message).collect();
        let known = message::existing_photos(&mut *services.database.primary().await?, &ids).await?;
        let known: HashSet<MessageId> = known.into_iter().collect();
        for (chat, message) in photos.into_iter().filter(|(_, message)| !known.contains(message)) {
            tracing::info!(%message, "an orphaned photo of a chat is deleted");
            services.storage.delete_chat_photo(chat, message).await?;
        }
        match next {
            None => return Ok(()),
            next => after = next,
        }
    }
}

async fn orphans(services: &Services, photos: Vec<(UserId, PhotoId)>) -> Result<Vec<(UserId, PhotoId)>> {
    let ids: Vec<PhotoId> = photos.iter().map(|(_, photo)| *photo).collect();
    let known: HashSet<PhotoId> =
        photo::existing(&mut *services.database.primary().await?, &ids).await?.into_iter().collect();
    Ok(photos.into_iter().filter(|(_, photo)| !known.contains(photo)).collect())
}

/// An id tells when it was made. One that does not was not made by us, and is left alone.
fn is_old(id: Uuid) -> bool {
    let Some(made) = id.get_timestamp() else { return false };
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(made.to_unix().0);
    made.elapsed().is_ok_and(|age| age > YOUNG)
}
