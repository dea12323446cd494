//! The photos of a profile.

use balloond_database::{AsyncConnection, AsyncPgConnection, photo, user};
use balloond_shared::{
    ErrorCode, Photo, PhotoId, UserId,
    photo::{MAX_PHOTOS, PhotoOrder},
};
use bytes::Bytes;

use crate::{
    Error, Result, Services, Viewer,
    job::{self, Job},
    limits, present, profile,
    services::run_to_end,
};

/// Decodes an upload, stores its sizes and appends it to the viewer's photos. `Invalid` (field `photo`) when it is no photo,
/// `PhotosFull` at six.
#[tracing::instrument(name = "photo.add", level = "trace", skip_all)]
pub async fn add(services: &Services, viewer: Viewer, upload: Bytes) -> Result<Photo> {
    limits::check(services, &limits::UPLOAD, &viewer.user.to_string()).await?;
    refuse_when_full(&mut *services.database.primary().await?, viewer.user).await?;
    let processed = services.photos.process(upload).await?;
    let services = services.clone();
    run_to_end(async move {
        let row = photo::Photo {
            id: PhotoId::new(),
            width: pixels(processed.width)?,
            height: pixels(processed.height)?,
            placeholder: processed.placeholder.clone(),
        };
        // Files first: a row without files would be seen as a broken photo, files without a row by nobody.
        services.storage.put_photo(viewer.user, row.id, &processed.thumb, &processed.small, &processed.large).await?;
        if let Err(error) = append(&services, viewer.user, &row).await {
            discard(&services, viewer.user, row.id).await;
            return Err(error);
        }
        profile::forget(&services, viewer.user).await;
        Ok(present::photo(&services.storage, viewer.user, row))
    })
    .await
}

/// Takes a photo away: at once from the profile, its files by a job.
#[tracing::instrument(name = "photo.remove", level = "trace", skip_all)]
pub async fn remove(services: &Services, viewer: Viewer, photo: PhotoId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            user::lock(conn, &[viewer.user]).await?;
            if photo::delete(conn, viewer.user, photo).await? == 0 {
                return Err(Error::from(ErrorCode::NotFound));
            }
            // What stays moves together.
            let order = ids(conn, viewer.user).await?;
            photo::reorder(conn, viewer.user, &order).await?;
            user::touch(conn, viewer.user).await?;
            job::enqueue(conn, &Job::DeletePhotoObjects { user: viewer.user, photo }).await
        })
        .await?;
        drop(conn);
        profile::forget(&services, viewer.user).await;
        Ok(())
    })
    .await
}

/// Puts the viewer's photos in the order given; answers all of them.
#[tracing::instrument(name = "photo.reorder", level = "trace", skip_all)]
pub async fn reorder(services: &Services, viewer: Viewer, order: PhotoOrder) -> Result<Vec<Photo>> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let photos = conn
            .transaction(async |conn| {
                user::lock(conn, &[viewer.user]).await?;
                let current = ids(conn, viewer.user).await?;
                photo::reorder(conn, viewer.user, &order.parse(&current)?).await?;
                user::touch(conn, viewer.user).await?;
                Ok::<_, Error>(photo::of_user(conn, viewer.user).await?)
            })
            .await?;
        drop(conn);
        profile::forget(&services, viewer.user).await;
        Ok(photos.into_iter().map(|row| present::photo(&services.storage, viewer.user, row)).collect())
    })
    .await
}

fn pixels(count: u32) -> Result<i32> {
    i32::try_from(count).map_err(Error::internal)
}

async fn append(services: &Services, user: UserId, row: &photo::Photo) -> Result<()> {
    let mut conn = services.database.primary().await?;
    conn.transaction(async |conn| {
        user::lock(conn, &[user]).await?;
        let position = refuse_when_full(conn, user).await?;
        photo::insert(conn, user, position, row).await?;
        user::touch(conn, user).await?;
        Ok(())
    })
    .await
}

/// The place for one more photo.
async fn refuse_when_full(conn: &mut AsyncPgConnection, user: UserId) -> Result<i16> {
    let count = photo::count(conn, user).await?;
    match i16::try_from(count) {
        Ok(position) if count < MAX_PHOTOS as i64 => Ok(position),
        _ => Err(ErrorCode::PhotosFull.into()),
    }
}

async fn ids(conn: &mut AsyncPgConnection, user: UserId) -> Result<Vec<PhotoId>> {
    Ok(photo::of_user(conn, user).await?.into_iter().map(|photo| photo.id).collect())
}

/// Deletes the files of a photo that no row names, and then their copies at the CDN. May be repeated.
pub(crate) async fn delete_files(services: &Services, user: UserId, photo: PhotoId) -> Result<()> {
    services.storage.delete_photo(user, photo).await?;
    services.storage.forget_photos(user, &[photo]).await?;
    Ok(())
}

/// Files that no row will name. What cannot be deleted now, a job deletes.
async fn discard(services: &Services, user: UserId, photo: PhotoId) {
    let enqueued = async {
        let mut conn = services.database.primary().await?;
        job::enqueue(&mut conn, &Job::DeletePhotoObjects { user, photo }).await
    };
    if let Err(error) = enqueued.await {
        tracing::warn!(%error, %photo, "the files of a refused photo stay behind");
    }
}
