use actix_web::{get, patch, web};
use balloond_domain::{Services, privacy};
use balloond_shared::privacy::{EditPrivacy, Privacy};

use crate::{
    extract::{JsonBody, Signed},
    refusal::Answer,
};

/// What one lets others see: that one is online, that one types, how far one has read.
#[utoipa::path(operation_id = "my_privacy", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The settings.", body = Privacy)))]
#[get("/me/privacy")]
pub async fn settings(services: web::Data<Services>, signed: Signed) -> Answer<web::Json<Privacy>> {
    Ok(web::Json(privacy::get(&services, signed.0).await?))
}

/// Changes what is given and keeps the rest. What one does not show one does not see of others either.
#[utoipa::path(operation_id = "edit_privacy", tag = "me", security(("token" = []), ("cookie" = [])), request_body = EditPrivacy, responses((status = 200, description = "The settings as they are now.", body = Privacy), (status = 429, description = "`rate_limited`")))]
#[patch("/me/privacy")]
pub async fn edit(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<EditPrivacy>,
) -> Answer<web::Json<Privacy>> {
    Ok(web::Json(privacy::edit(&services, signed.0, request.0).await?))
}
