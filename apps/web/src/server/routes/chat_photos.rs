use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Path, Query},
};
use balloond_domain::{Error, chat};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId,
    chat::{PhotoSize, Quote, SendPhoto},
};
use serde::Deserialize;
use tokio::try_join;

use super::{Answer, photos::upload_with};
use crate::{
    components::{field::Refused, navigation::Section},
    pages::PhotoPage,
    server::{
        answer::status,
        app::State,
        reply::{Reply, see_other},
        visitor::Member,
    },
};

/// What a photo answers.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PhotoQuery {
    /// Empty where it answers nothing.
    reply: String,
}

/// `GET /chats/{id}/photo?reply`
pub async fn compose(
    request: HttpRequest,
    app: State,
    member: Member,
    id: Path<ChatId>,
    query: Query<PhotoQuery>,
) -> Answer {
    page(&request, &app, &member, *id, (String::new(), query.reply.parse().ok()), None).await
}

/// `POST /chats/{id}/photo`, multipart: `client_id`, `photo`, `body`, `reply_to?`
pub async fn send(request: HttpRequest, app: State, member: Member, id: Path<ChatId>, form: Multipart) -> Answer {
    let mut texts = HashMap::new();
    let upload = upload_with(form, &mut texts).await;
    let client_id = texts.get("client_id").and_then(|id| id.parse().ok()).unwrap_or_else(ClientId::new);
    // Empty where it answers nothing.
    let reply_to = texts.get("reply_to").and_then(|id| id.parse().ok());
    let asked = SendPhoto { client_id, body: texts.remove("body").unwrap_or_default(), reply_to };
    let sent = match upload {
        Ok(photo) => chat::send_photo(&app.services, member.0, *id, &asked, photo).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(_) => Ok(see_other(format!("/chats/{id}"))),
        Err(error @ (Error::Internal(_) | Error::Refused(ErrorCode::NotFound))) => Err(error.into()),
        Err(error) => page(&request, &app, &member, *id, (asked.body, reply_to), Some(error)).await,
    }
}

/// `GET /chats/{id}/messages/{message}/photo/{size}`: leads a member to it.
pub async fn show(app: State, member: Member, path: Path<(ChatId, MessageId, String)>) -> Answer {
    let (chat, message, size) = path.into_inner();
    let size: PhotoSize = size.parse().map_err(|()| Error::from(ErrorCode::NotFound))?;
    Ok(led_to(chat::photo_url(&app.services, member.0, chat, message, size).await?))
}

/// The way to a photo that is private. Kept a little shorter than the address is good.
pub(super) fn led_to(url: String) -> HttpResponse {
    let kept = format!("private, max-age={}", chat::PHOTO_URL_LIFE.as_secs() / 2);
    HttpResponse::Found().insert_header((header::LOCATION, url)).insert_header((header::CACHE_CONTROL, kept)).finish()
}

async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    id: ChatId,
    (body, reply): (String, Option<MessageId>),
    refused: Option<Error>,
) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (chat, badges) = try_join!(chat::get(services, viewer, id), chat::badges(services, viewer))?;
    let reply = match reply {
        Some(answered) => Some(Quote::of(&chat::message(services, viewer, id, answered).await?)),
        None => None,
    };
    let refused = refused.map(|error| error.to_api());
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Refused::from).unwrap_or_default();
    let page = PhotoPage { chat, me: viewer.user, reply, body, refused };
    Ok(Reply::new(request, "Send a photo").status(code).of_member(Section::Chats, badges).show(|| page.view()))
}
