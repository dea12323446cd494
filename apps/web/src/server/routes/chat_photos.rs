use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Path,
};
use balloond_domain::{Error, chat};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId,
    chat::{PhotoSize, SendPhoto},
};
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

/// `GET /chats/{id}/photo`
pub async fn compose(request: HttpRequest, app: State, member: Member, id: Path<ChatId>) -> Answer {
    page(&request, &app, &member, *id, String::new(), None).await
}

/// `POST /chats/{id}/photo`, multipart: `client_id`, `photo`, `body`
pub async fn send(request: HttpRequest, app: State, member: Member, id: Path<ChatId>, form: Multipart) -> Answer {
    let mut texts = HashMap::new();
    let upload = upload_with(form, &mut texts).await;
    let client_id = texts.get("client_id").and_then(|id| id.parse().ok()).unwrap_or_else(ClientId::new);
    let asked = SendPhoto { client_id, body: texts.remove("body").unwrap_or_default(), reply_to: None };
    let sent = match upload {
        Ok(photo) => chat::send_photo(&app.services, member.0, *id, &asked, photo).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(_) => Ok(see_other(format!("/chats/{id}"))),
        Err(error @ (Error::Internal(_) | Error::Refused(ErrorCode::NotFound))) => Err(error.into()),
        Err(error) => page(&request, &app, &member, *id, asked.body, Some(error)).await,
    }
}

/// `GET /chats/{id}/messages/{message}/photo/{size}`: leads a member to it. Kept a little shorter than the address is good.
pub async fn show(app: State, member: Member, path: Path<(ChatId, MessageId, String)>) -> Answer {
    let (chat, message, size) = path.into_inner();
    let size: PhotoSize = size.parse().map_err(|()| Error::from(ErrorCode::NotFound))?;
    let url = chat::photo_url(&app.services, member.0, chat, message, size).await?;
    let kept = format!("private, max-age={}", chat::PHOTO_URL_LIFE.as_secs() / 2);
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, url))
        .insert_header((header::CACHE_CONTROL, kept))
        .finish())
}

async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    id: ChatId,
    body: String,
    refused: Option<Error>,
) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (chat, badges) = try_join!(chat::get(services, viewer, id), chat::badges(services, viewer))?;
    let refused = refused.map(|error| error.to_api());
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Refused::from).unwrap_or_default();
    let page = PhotoPage { chat, body, refused };
    Ok(Reply::new(request, "Send a photo").status(code).of_member(Section::Chats, badges).show(|| page.view()))
}
