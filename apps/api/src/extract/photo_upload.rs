use std::{
    future::{Ready, ready},
    time::Duration,
};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header,
    rt::time::timeout,
    web::{Bytes, BytesMut},
};
use balloond_shared::{ErrorCode, FieldErrors, chat::SendPhoto, photo::MAX_PHOTO_BYTES};
use futures_util::TryStreamExt;
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::refusal::{Answer, Refusal};

const FIELD: &str = "photo";
/// Bytes of a text beside the photo at most: a caption of 4000 characters.
const TEXT_MAX: usize = 16 * 1024;
/// Boundaries and headers around the photo.
const FORM_OVERHEAD: usize = 64 * 1024;
/// Uploads that are read at the same time in this process: 16 times 10 MiB at most in memory.
static READERS: Semaphore = Semaphore::const_new(16);
/// The longest silence within an upload.
const SILENCE: Duration = Duration::from_secs(15);
/// The longest upload: 10 MiB at 0.5 Mbit/s.
const WHOLE: Duration = Duration::from_secs(180);

/// A form with the one field `photo`, read no further than 10 MiB.
pub struct PhotoUpload(Multipart);

impl FromRequest for PhotoUpload {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let stated: Option<usize> =
            request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        ready(if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
            Err(ErrorCode::UnsupportedMediaType.into())
        } else if stated.is_some_and(|length| length > MAX_PHOTO_BYTES + FORM_OVERHEAD) {
            Err(ErrorCode::PayloadTooLarge.into())
        } else {
            Ok(Self(Multipart::new(request.headers(), payload.take())))
        })
    }
}

impl PhotoUpload {
    /// The bytes of the photo. 413 beyond 10 MiB, 422 without it or with more than it, 503 when too many are uploading.
    pub async fn read(self) -> Answer<Bytes> {
        let _reader: SemaphorePermit<'_> = READERS.try_acquire().map_err(|_| Refusal::busy())?;
        timeout(WHOLE, read_form(self.0, &[], &mut Map::new())).await.map_err(|_| ErrorCode::Malformed)?
    }
}

/// A photo with what [`SendPhoto`] says of it.
pub struct PhotoForm(PhotoUpload);

impl FromRequest for PhotoForm {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(PhotoUpload::from_request(request, payload).into_inner().map(Self))
    }
}

impl PhotoForm {
    /// As [`PhotoUpload::read`], with the other fields.
    pub async fn read(self) -> Answer<(SendPhoto, Bytes)> {
        let _reader: SemaphorePermit<'_> = READERS.try_acquire().map_err(|_| Refusal::busy())?;
        let mut fields = Map::new();
        let form = read_form(self.0.0, &["client_id", "body", "reply_to"], &mut fields);
        let photo = timeout(WHOLE, form).await.map_err(|_| ErrorCode::Malformed)??;
        // A plain form has an empty field where it answers nothing.
        fields.retain(|_, value| value.as_str() != Some(""));
        let fields = serde_json::from_value(fields.into()).map_err(|_| {
            Refusal::invalid(FieldErrors::one("client_id", "malformed", "Give the message a UUID of its own."))
        })?;
        Ok((fields, photo))
    }
}

/// `texts`: the names that other fields may have.
async fn read_form(mut form: Multipart, texts: &[&str], fields: &mut Map<String, Value>) -> Answer<Bytes> {
    let mut photo = None;
    while let Some(mut field) = next(form.try_next()).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if texts.contains(&name.as_str()) && !fields.contains_key(&name) {
            let text = read_field(&mut field, TEXT_MAX).await?;
            let text = String::from_utf8(text.into()).map_err(|_| ErrorCode::Malformed)?;
            fields.insert(name, text.into());
        } else if photo.is_none() && name == FIELD {
            photo = Some(read_field(&mut field, MAX_PHOTO_BYTES).await?);
        } else {
            return Err(invalid("not_allowed", "Send one photo, and nothing else."));
        }
    }
    photo.filter(|photo| !photo.is_empty()).ok_or_else(|| invalid("required", "Choose a photo."))
}

async fn read_field(field: &mut Field, most: usize) -> Answer<Bytes> {
    let mut photo = BytesMut::new();
    while let Some(chunk) = next(field.try_next()).await? {
        if photo.len() + chunk.len() > most {
            return Err(ErrorCode::PayloadTooLarge.into());
        }
        photo.extend_from_slice(&chunk);
    }
    Ok(photo.freeze())
}

async fn next<T>(read: impl Future<Output = Result<T, MultipartError>>) -> Answer<T> {
    timeout(SILENCE, read).await.map_err(|_| ErrorCode::Malformed)?.map_err(|_| ErrorCode::Malformed.into())
}

fn invalid(code: &str, message: &str) -> Refusal {
    Refusal::invalid(FieldErrors::one(FIELD, code, message))
}

#[cfg(test)]
mod tests {
    use actix_web::{rt::System, test::TestRequest};
    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::*;

    async fn upload(content_type: &str, body: impl Into<Bytes>) -> Answer<Bytes> {
        let (request, mut payload) =
            TestRequest::post().insert_header((header::CONTENT_TYPE, content_type)).set_payload(body).to_http_parts();
        PhotoUpload::from_request(&request, &mut payload).await?.read().await
    }

    fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
        let mut form = Vec::new();
        for (name, value) in fields {
            form.extend_from_slice(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n").as_bytes(),
            );
            form.extend_from_slice(value);
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(b"--edge--\r\n");
        form
    }

    const MULTIPART: &str = "multipart/form-data; boundary=edge";

    #[actix_web::test]
    async fn reads_the_one_field() {
        assert_eq!(upload(MULTIPART, form(&[("photo", b"bytes")])).await.unwrap(), "bytes");
    }

    #[actix_web::test]
    async fn refuses_every_other_form() {
        let status = async |content_type, body: Vec<u8>| upload(content_type, body).await.unwrap_err().0.status;
        assert_eq!(status(MULTIPART, form(&[])).await, 422);
        assert_eq!(status(MULTIPART, form(&[("photo", b"")])).await, 422);
        assert_eq!(status(MULTIPART, form(&[("image", b"bytes")])).await, 422);
        assert_eq!(status(MULTIPART, form(&[("photo", b"one"), ("photo", b"two")])).await, 422);
        assert_eq!(status(MULTIPART, b"--edge\r\nnonsense".to_vec()).await, 400);
        assert_eq!(status("multipart/form-data", form(&[("photo", b"bytes")])).await, 400);
        assert_eq!(status("image/jpeg", b"bytes".to_vec()).await, 415);
        assert_eq!(status(MULTIPART, form(&[("photo", &vec![0; MAX_PHOTO_BYTES + 1])])).await, 413);
    }

    async fn whole(body: Vec<u8>) -> Answer<(SendPhoto, Bytes)> {
        let (request, mut payload) =
            TestRequest::post().insert_header((header::CONTENT_TYPE, MULTIPART)).set_payload(body).to_http_parts();
        PhotoForm::from_request(&request, &mut payload).await?.read().await
    }

    proptest! {
        /// Whatever a stranger changes, cuts and repeats: it is read, or refused for what it is.
        #[test]
        fn changed_forms_do_no_harm(
            changes in vec((any::<Index>(), any::<u8>()), 0..12), cut in any::<Index>(), splice in any::<(Index, Index, bool)>()
        ) {
            let id = uuid::Uuid::now_v7().to_string();
            let mut body = form(&[("client_id", id.as_bytes()), ("photo", b"bytes\r\n--edg"), ("body", "Look, é".as_bytes())]);
            for (index, byte) in changes {
                *index.get_mut(&mut body) = byte;
            }
            let (from, to, is_spliced) = splice;
            if is_spliced {
                let part = body.split_off(from.index(body.len()));
                body.splice(to.index(body.len() + 1).., part.iter().chain(&part).copied());
            }
            let short = body[..cut.index(body.len() + 1)].to_vec();
            let read = async |body| whole(body).await.err().map_or(200, |refusal| refusal.0.status);
            for body in [body, short] {
                let status = System::new().block_on(read(body));
                prop_assert!([200, 400, 413, 422].contains(&status), "{}", status);
            }
        }
    }
}
