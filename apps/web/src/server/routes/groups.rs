use actix_multipart::Multipart;
use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Bytes, Form, Path},
};
use balloond_domain::{Error, chat, group};
use balloond_shared::{
    ApiError, ChatId, ErrorCode, UserId,
    chat::{Mute, PhotoSize},
    group::{CreateGroup, EditGroup, Invite, SetRole},
};

use super::{Answer, chat_photos::led_to, photos::upload};
use crate::{
    components::{field::Refused, navigation::Section},
    pages::{GroupPage, NewGroupPage, Notice},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other, see_other_saying},
        visitor::Member,
    },
};

/// `GET /groups/new`
pub async fn show_new(request: HttpRequest, app: State, member: Member) -> Answer {
    let nothing = CreateGroup { title: String::new(), invite: Vec::new() };
    new_page(&request, &app, &member, nothing, None).await
}

/// `POST /groups {title, invite*}`
pub async fn create(request: HttpRequest, app: State, member: Member, body: Bytes) -> Answer {
    let asked = chosen(&body);
    match group::create(&app.services, member.0, &asked).await {
        Ok(chat) => Ok(see_other(format!("/chats/{}", chat.summary.id))),
        Err(error) => new_page(&request, &app, &member, asked, Some(answered(error)?)).await,
    }
}

/// `GET /chats/{id}/group`
pub async fn show(request: HttpRequest, app: State, member: Member, id: Path<ChatId>) -> Answer {
    page(&request, &app, &member, *id, None, None).await
}

/// `POST /chats/{id}/group {title}`
pub async fn rename(
    request: HttpRequest,
    app: State,
    member: Member,
    id: Path<ChatId>,
    form: Form<EditGroup>,
) -> Answer {
    match group::rename(&app.services, member.0, *id, &form).await {
        Ok(_) => Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Saved)),
        Err(error) => page(&request, &app, &member, *id, Some(form.into_inner().title), Some(answered(error)?)).await,
    }
}

/// `POST /chats/{id}/invitations {to}`
pub async fn invite(request: HttpRequest, app: State, member: Member, id: Path<ChatId>, form: Form<Invite>) -> Answer {
    match group::invite(&app.services, member.0, *id, *form).await {
        Ok(_) => Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Invited)),
        Err(error) => page(&request, &app, &member, *id, None, Some(answered(error)?)).await,
    }
}

/// `POST /chats/{id}/members/{user}/role {role}`
pub async fn set_role(
    request: HttpRequest,
    app: State,
    member: Member,
    path: Path<(ChatId, UserId)>,
    form: Form<SetRole>,
) -> Answer {
    let (id, user) = *path;
    match group::set_role(&app.services, member.0, id, user, *form).await {
        Ok(_) => Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Saved)),
        Err(error) => page(&request, &app, &member, id, None, Some(answered(error)?)).await,
    }
}

/// `POST /chats/{id}/members/{user}/remove`: oneself leaves.
pub async fn remove(request: HttpRequest, app: State, member: Member, path: Path<(ChatId, UserId)>) -> Answer {
    let (id, user) = *path;
    match group::remove(&app.services, member.0, id, user).await {
        Ok(()) if user == member.0.user => Ok(see_other_saying(&app, "/chats", Notice::LeftGroup)),
        Ok(()) => Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Removed)),
        Err(error) => page(&request, &app, &member, id, None, Some(answered(error)?)).await,
    }
}

/// `POST /chats/{id}/mute {muted}`
pub async fn mute(app: State, member: Member, id: Path<ChatId>, form: Form<Mute>) -> Answer {
    chat::mute(&app.services, member.0, *id, *form).await?;
    Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Saved))
}

/// `POST /chats/{id}/group/photo`, multipart, field `photo`
pub async fn set_photo(request: HttpRequest, app: State, member: Member, id: Path<ChatId>, form: Multipart) -> Answer {
    let set = match upload(form).await {
        Ok(photo) => group::set_photo(&app.services, member.0, *id, photo).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(_) => Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Saved)),
        Err(error) => page(&request, &app, &member, *id, None, Some(answered(error)?)).await,
    }
}

/// `POST /chats/{id}/group/photo/remove`
pub async fn remove_photo(app: State, member: Member, id: Path<ChatId>) -> Answer {
    group::remove_photo(&app.services, member.0, *id).await?;
    Ok(see_other_saying(&app, format!("/chats/{id}/group"), Notice::Saved))
}

/// `GET /chats/{id}/group/photo/{size}`: leads a member to it.
pub async fn photo(app: State, member: Member, path: Path<(ChatId, String)>) -> Answer {
    let (chat, size) = path.into_inner();
    let size: PhotoSize = size.parse().map_err(|()| Error::from(ErrorCode::NotFound))?;
    Ok(led_to(group::photo_url(&app.services, member.0, chat, size).await?))
}

/// A form with a field for each choice, which names the field again and again.
fn chosen(body: &[u8]) -> CreateGroup {
    let mut asked = CreateGroup { title: String::new(), invite: Vec::new() };
    for (name, value) in url::form_urlencoded::parse(body) {
        match &*name {
            "title" => asked.title = value.into_owned(),
            "invite" => asked.invite.extend(value.parse::<UserId>()),
            _ => {}
        }
    }
    asked
}

fn answered(error: Error) -> Result<ApiError, Refusal> {
    match error {
        Error::Unavailable(_) | Error::Internal(_) | Error::Refused(ErrorCode::NotFound) => Err(error.into()),
        error => Ok(error.to_api()),
    }
}

async fn new_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    asked: CreateGroup,
    refused: Option<ApiError>,
) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (candidates, badges) =
        tokio::try_join!(group::candidates(services, viewer, None), chat::badges(services, viewer))?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Refused::from).unwrap_or_default();
    let page = NewGroupPage { title: asked.title, candidates, chosen: asked.invite, refused };
    Ok(Reply::new(request, "A new group").status(code).of_member(Section::Chats, badges).show(|| page.view()))
}

async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    id: ChatId,
    title: Option<String>,
    refused: Option<ApiError>,
) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (chat, candidates, badges) = tokio::try_join!(
        chat::get(services, viewer, id),
        group::candidates(services, viewer, Some(id)),
        chat::badges(services, viewer),
    )?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Refused::from).unwrap_or_default();
    let reply = Reply::new(request, chat.summary.title.clone()).status(code).of_member(Section::Chats, badges);
    Ok(reply.show(|| GroupPage { chat, me: viewer.user, candidates, title, refused }.view()))
}
