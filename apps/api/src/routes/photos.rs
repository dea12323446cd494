use actix_web::{HttpResponse, delete, http::StatusCode, post, put, web};
use balloond_domain::{Services, photo};
use balloond_shared::{Photo, PhotoId, photo::PhotoOrder};
use utoipa::ToSchema;

use crate::{
    extract::{JsonBody, PathId, PhotoUpload, Signed},
    refusal::Answer,
};

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; PhotoUpload reads it")]
pub struct PhotoForm {
    /// JPEG, PNG or WebP; at most 10 MiB, 25 megapixels and 8192 pixels a side.
    #[schema(value_type = String, format = Binary)]
    photo: Vec<u8>,
}

/// Adds a photo as the last of at most six. It is decoded, stripped of all metadata and encoded anew.
#[utoipa::path(operation_id = "add_photo", tag = "me", security(("token" = []), ("cookie" = [])), request_body(content = PhotoForm, content_type = "multipart/form-data"), responses((status = 201, description = "Stored.", body = Photo), (status = 409, description = "`photos_full`"), (status = 429, description = "`rate_limited`")))]
#[post("/me/photos")]
pub async fn add(
    services: web::Data<Services>,
    signed: Signed,
    upload: PhotoUpload,
) -> Answer<(web::Json<Photo>, StatusCode)> {
    Ok((web::Json(photo::add(&services, signed.0, upload.read().await?).await?), StatusCode::CREATED))
}

/// Takes a photo away.
#[utoipa::path(operation_id = "remove_photo", tag = "me", security(("token" = []), ("cookie" = [])), params(("id" = PhotoId, Path)), responses((status = 204, description = "Gone.")))]
#[delete("/me/photos/{id}")]
pub async fn remove(services: web::Data<Services>, signed: Signed, id: PathId<PhotoId>) -> Answer<HttpResponse> {
    photo::remove(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts one's photos in another order.
#[utoipa::path(operation_id = "reorder_photos", tag = "me", security(("token" = []), ("cookie" = [])), request_body = PhotoOrder, responses((status = 200, description = "The photos in their new order.", body = Vec<Photo>)))]
#[put("/me/photos/order")]
pub async fn reorder(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<PhotoOrder>,
) -> Answer<web::Json<Vec<Photo>>> {
    Ok(web::Json(photo::reorder(&services, signed.0, request.0).await?))
}
