use actix_web::{
    HttpResponse, delete, get,
    http::{StatusCode, header},
    patch, post, put, web,
};
use balloond_domain::{Services, group};
use balloond_shared::{
    ChatId, UserId,
    balloon::SentBalloon,
    chat::Chat,
    group::{CreateGroup, EditGroup, Invite, SetRole},
};

use super::photos::PhotoForm;
use crate::{
    extract::{GroupPhotoPath, JsonBody, MemberPath, PathId, PhotoUpload, Signed},
    refusal::Answer,
};

/// Makes a group, and invites people one has a chat with: each catches the invitation, or pops it.
#[utoipa::path(operation_id = "create_group", tag = "groups", security(("token" = []), ("cookie" = [])), request_body = CreateGroup, responses(
    (status = 201, description = "The group, with its owner in it.", body = Chat),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/chats")]
pub async fn create(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<CreateGroup>,
) -> Answer<(web::Json<Chat>, StatusCode)> {
    Ok((web::Json(group::create(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// Gives a group another title: its owner and moderators.
#[utoipa::path(operation_id = "edit_group", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body = EditGroup, responses(
    (status = 200, description = "The group.", body = Chat),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 429, description = "`rate_limited`"),
))]
#[patch("/chats/{id}")]
pub async fn edit(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    request: JsonBody<EditGroup>,
) -> Answer<web::Json<Chat>> {
    Ok(web::Json(group::rename(&services, signed.0, id.0, &request.0).await?))
}

/// Invites somebody one has a chat with: the owner and moderators. It arrives as a balloon.
#[utoipa::path(operation_id = "invite_to_group", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body = Invite, responses(
    (status = 201, description = "On its way.", body = SentBalloon),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 409, description = "`already_member`, or `already_invited`: for 30 days, whatever became of it."),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/chats/{id}/invitations")]
pub async fn invite(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    request: JsonBody<Invite>,
) -> Answer<(web::Json<SentBalloon>, StatusCode)> {
    Ok((web::Json(group::invite(&services, signed.0, id.0, request.0).await?), StatusCode::CREATED))
}

/// Gives a member another role: the owner. `owner` hands the group over.
#[utoipa::path(operation_id = "set_role", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("user" = UserId, Path)), request_body = SetRole, responses(
    (status = 200, description = "The group.", body = Chat),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 429, description = "`rate_limited`"),
))]
#[put("/chats/{id}/members/{user}")]
pub async fn set_role(
    services: web::Data<Services>,
    signed: Signed,
    path: MemberPath,
    request: JsonBody<SetRole>,
) -> Answer<web::Json<Chat>> {
    Ok(web::Json(group::set_role(&services, signed.0, path.chat, path.user, request.0).await?))
}

/// Leaves a group, or removes somebody of a lesser role from it.
#[utoipa::path(operation_id = "remove_member", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("user" = UserId, Path)), responses(
    (status = 204, description = "Gone."),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 409, description = "`hand_over_first`: an owner does not leave others behind."),
))]
#[delete("/chats/{id}/members/{user}")]
pub async fn remove(services: web::Data<Services>, signed: Signed, path: MemberPath) -> Answer<HttpResponse> {
    group::remove(&services, signed.0, path.chat, path.user).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives a group a photo, or another one: its owner and moderators. Only its members can see it.
#[utoipa::path(operation_id = "set_group_photo", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body(content = PhotoForm, content_type = "multipart/form-data"), responses(
    (status = 200, description = "The group.", body = Chat),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 429, description = "`rate_limited`"),
))]
#[put("/chats/{id}/photo")]
pub async fn set_photo(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    upload: PhotoUpload,
) -> Answer<web::Json<Chat>> {
    Ok(web::Json(group::set_photo(&services, signed.0, id.0, upload.read().await?).await?))
}

/// Takes a group's photo away: its owner and moderators.
#[utoipa::path(operation_id = "remove_group_photo", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), responses(
    (status = 200, description = "The group.", body = Chat),
    (status = 403, description = "`forbidden`, or `foreign_origin`"),
    (status = 429, description = "`rate_limited`"),
))]
#[delete("/chats/{id}/photo")]
pub async fn remove_photo(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
) -> Answer<web::Json<Chat>> {
    Ok(web::Json(group::remove_photo(&services, signed.0, id.0).await?))
}

/// Leads a member to the group's photo, at an address that is good for a minute. `size` is `small` or `large`.
#[utoipa::path(operation_id = "group_photo", tag = "groups", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("size" = String, Path)), responses((status = 200, description = "A WebP, from where the redirect leads."), (status = 302, description = "`Location` is the photo, for a minute.")))]
#[get("/chats/{id}/photo/{size}")]
pub async fn photo(services: web::Data<Services>, signed: Signed, path: GroupPhotoPath) -> Answer<HttpResponse> {
    let url = group::photo_url(&services, signed.0, path.chat, path.size).await?;
    Ok(HttpResponse::Found().insert_header((header::LOCATION, url)).finish())
}
