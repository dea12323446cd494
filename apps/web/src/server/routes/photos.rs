use actix_multipart::Multipart;
use actix_web::{
    HttpRequest,
    web::{Form, Path},
};
use balloond_domain::{Error, photo, profile};
use balloond_shared::{
    ErrorCode, FieldErrors, PhotoId,
    photo::{MAX_PHOTO_BYTES, PhotoOrder},
};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use serde::Deserialize;

use super::{
    Answer,
    me::{Trouble, me_page},
};
use crate::{
    pages::Notice,
    server::{
        app::State,
        reply::{see_other, see_other_saying},
        visitor::Member,
    },
};

#[derive(Deserialize)]
pub struct MoveForm {
    /// The place to go to, counted from 0.
    to: usize,
}

/// `POST /me/photos`, multipart, field `photo`
pub async fn add(request: HttpRequest, app: State, member: Member, form: Multipart) -> Answer {
    let added = match upload(form).await {
        Ok(bytes) => photo::add(&app.services, member.0, bytes).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => Ok(see_other_saying(&app, "/me", Notice::PhotoAdded)),
        Err(error) => refused(&request, &app, &member, error).await,
    }
}

/// `POST /me/photos/{id}/delete`
pub async fn remove(request: HttpRequest, app: State, member: Member, id: Path<PhotoId>) -> Answer {
    match photo::remove(&app.services, member.0, *id).await {
        Ok(()) => Ok(see_other_saying(&app, "/me", Notice::PhotoRemoved)),
        Err(error) => refused(&request, &app, &member, error).await,
    }
}

/// `POST /me/photos/{id}/move {to}`
pub async fn shift(
    request: HttpRequest,
    app: State,
    member: Member,
    id: Path<PhotoId>,
    form: Form<MoveForm>,
) -> Answer {
    let me = profile::me(&app.services, member.0).await?;
    let mut photos: Vec<_> = me.profile.photos.iter().map(|photo| photo.id).filter(|photo| photo != &*id).collect();
    photos.insert(form.to.min(photos.len()), *id);
    match photo::reorder(&app.services, member.0, PhotoOrder { photos }).await {
        Ok(_) => Ok(see_other("/me")),
        Err(error) => refused(&request, &app, &member, error).await,
    }
}

async fn refused(request: &HttpRequest, app: &State, member: &Member, error: Error) -> Answer {
    me_page(request, app, member, Trouble { photo: Some(error.to_api()), ..Trouble::default() }).await
}

/// Bytes of an upload that are read at all.
const MOST_DROPPED: usize = 8 * MAX_PHOTO_BYTES;

/// The bytes of the field `photo`, held no further than a photo can be long.
async fn upload(mut form: Multipart) -> Result<Bytes, Error> {
    let unreadable = |_| Error::from(ErrorCode::Malformed);
    while let Some(mut field) = form.try_next().await.map_err(unreadable)? {
        if field.name() != Some("photo") {
            continue;
        }
        let (mut bytes, mut length) = (BytesMut::new(), 0);
        while let Some(chunk) = field.try_next().await.map_err(unreadable)? {
            length += chunk.len();
            if length > MOST_DROPPED {
                break;
            }
            // A browser hears the answer only when it has sent its form: what is too much is read, and dropped.
            if length > MAX_PHOTO_BYTES {
                bytes.clear();
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        if length > MAX_PHOTO_BYTES {
            return Err(FieldErrors::one(
                "photo",
                "too_large",
                "A photo can have at most 10 MB. Choose a smaller one.",
            )
            .into());
        }
        return Ok(bytes.freeze());
    }
    Err(FieldErrors::one("photo", "required", "Choose a photo first.").into())
}
