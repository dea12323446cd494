use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    post, web,
};
use balloond_domain::{Services, chat};
use balloond_shared::{
    ChatId, MessageId,
    chat::{Message, SendPhoto},
};
use utoipa::ToSchema;

use crate::{
    extract::{MessagePath, PathId, PhotoForm, PhotoPath, Signed},
    refusal::Answer,
};

/// The form of [`send`], as the specification shows it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct PhotoFields {
    #[schema(inline)]
    #[serde(flatten)]
    fields: SendPhoto,
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    photo: String,
}

/// Sends a photo that the chat's members alone can see. The same `client_id` again answers the message first stored, with 200.
#[utoipa::path(operation_id = "send_photo", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path)), request_body(content = inline(PhotoFields), content_type = "multipart/form-data"), responses(
    (status = 201, description = "Sent.", body = Message),
    (status = 200, description = "It was sent before.", body = Message),
    (status = 403, description = "`switched_off`: no photos are taken for now."),
    (status = 429, description = "`rate_limited`"),
))]
#[post("/chats/{id}/photos")]
pub async fn send(
    services: web::Data<Services>,
    signed: Signed,
    id: PathId<ChatId>,
    form: PhotoForm,
) -> Answer<(web::Json<Message>, StatusCode)> {
    let (fields, photo) = form.read().await?;
    let sent = chat::send_photo(&services, signed.0, id.0, &fields, photo).await?;
    let status = if sent.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((web::Json(sent.message), status))
}

/// Leads a member to a photo of a chat, at an address that is good for a minute. `size` is `small` or `large`.
#[utoipa::path(operation_id = "message_photo", tag = "chats", security(("token" = []), ("cookie" = [])), params(("id" = ChatId, Path), ("message" = MessageId, Path), ("size" = String, Path)), responses((status = 200, description = "A WebP, from where the redirect leads."), (status = 302, description = "`Location` is the photo, for a minute.")))]
#[get("/chats/{id}/messages/{message}/photo/{size}")]
pub async fn show(services: web::Data<Services>, signed: Signed, path: PhotoPath) -> Answer<HttpResponse> {
    let MessagePath { chat, message, .. } = path.message;
    let url = chat::photo_url(&services, signed.0, chat, message, path.size).await?;
    Ok(HttpResponse::Found().insert_header((header::LOCATION, url)).finish())
}
