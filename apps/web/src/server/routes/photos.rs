use std::collections::HashMap;

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
/// Bytes of a text beside a photo, and how many of them.
const MOST_TEXT: usize = 16 * 1024;
const MOST_TEXTS: usize = 8;

/// The bytes of the field `photo`, held no further than a photo can be long.
pub(super) async fn upload(form: Multipart) -> Result<Bytes, Error> {
    upload_with(form, &mut HashMap::new()).await
}

/// The same; the other fields, which are texts, go into `texts`, also when the photo is refused.
pub(super) async fn upload_with(mut form: Multipart, texts: &mut HashMap<String, String>) -> Result<Bytes, Error> {
    let unreadable = |_| Error::from(ErrorCode::Malformed);
    let mut photo = None;
    while let Some(mut field) = form.try_next().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let most = if name == "photo" { MAX_PHOTO_BYTES } else { MOST_TEXT };
        let (mut bytes, mut length) = (BytesMut::new(), 0);
        while let Some(chunk) = field.try_next().await.map_err(unreadable)? {
            length += chunk.len();
            if length > MOST_DROPPED {
                return Err(too_large());
            }
            // A browser hears the answer only when it has sent its form: what is too much is read, and dropped.
            if length > most {
                bytes.clear();
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        if name == "photo" {
            photo = Some((bytes.freeze(), length));
        } else if length <= MOST_TEXT && texts.len() < MOST_TEXTS {
            texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    match photo {
        Some((_, length)) if length > MAX_PHOTO_BYTES => Err(too_large()),
        Some((bytes, 1..)) => Ok(bytes),
        _ => Err(FieldErrors::one("photo", "required", "Choose a photo first.").into()),
    }
}

fn too_large() -> Error {
    FieldErrors::one("photo", "too_large", "A photo can have at most 10 MB. Choose a smaller one.").into()
}
