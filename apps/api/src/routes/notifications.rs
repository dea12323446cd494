use actix_web::{HttpResponse, delete, get, post, put, web};
use balloond_domain::{Services, notification};
use balloond_shared::notification::{NotificationSettings, Notifications, Subscribe};

use crate::{
    extract::{JsonBody, Signed},
    refusal::Answer,
};

/// How one is called when one is away, and what a browser has to know to be woken.
#[utoipa::path(operation_id = "my_notifications", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The settings.", body = Notifications)))]
#[get("/me/notifications")]
pub async fn settings(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Notifications>> {
    Ok(web::Json(notification::get(&services, signed.0).await?))
}

/// Sets all of how one is called; what is absent is off.
#[utoipa::path(operation_id = "edit_notifications", tag = "me", security(("token" = []), ("cookie" = [])), request_body = NotificationSettings, responses((status = 200, description = "The settings as they are now.", body = Notifications), (status = 429, description = "`rate_limited`")))]
#[put("/me/notifications")]
pub async fn edit(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<NotificationSettings>,
) -> Answer<web::Json<Notifications>> {
    Ok(web::Json(notification::edit(&services, signed.0, &request.0).await?))
}

/// Wakes this session's browser by Web Push when a message comes while nobody is there, until the session ends.
#[utoipa::path(operation_id = "subscribe_push", tag = "me", security(("token" = []), ("cookie" = [])), request_body = Subscribe, responses((status = 204, description = "It is woken from now on."), (status = 404, description = "`not_found`: this service does not push."), (status = 429, description = "`rate_limited`")))]
#[post("/me/push")]
pub async fn subscribe(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<Subscribe>,
) -> Answer<HttpResponse> {
    notification::subscribe(&services, signed.0, &request.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets this session's browser sleep.
#[utoipa::path(operation_id = "unsubscribe_push", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 204, description = "It is not woken any more.")))]
#[delete("/me/push")]
pub async fn unsubscribe(services: web::Data<Services>, signed: Signed) -> Answer<HttpResponse> {
    notification::unsubscribe(&services, signed.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
