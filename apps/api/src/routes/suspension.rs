use actix_web::{get, post, web};
use balloond_domain::{Services, staff};
use balloond_shared::moderation::{MakeAppeal, Suspension};

use crate::{
    extract::{Held, JsonBody},
    refusal::Answer,
};

/// Why and until when one is suspended. Of what takes a session, this, the appeal, the record, the export, leaving and logging out are
/// all that is there for whoever is.
#[utoipa::path(operation_id = "my_suspension", tag = "me", security(("token" = []), ("cookie" = [])), responses((status = 200, description = "The suspension.", body = Suspension), (status = 404, description = "You are not suspended.")))]
#[get("/me/suspension")]
pub async fn suspension(services: web::Data<Services>, held: Held) -> Answer<web::Json<Suspension>> {
    Ok(web::Json(staff::suspension(&services, held.0).await?))
}

/// Says something against it, once a suspension.
#[utoipa::path(operation_id = "appeal", tag = "me", security(("token" = []), ("cookie" = [])), request_body = MakeAppeal, responses((status = 200, description = "The suspension, with the appeal.", body = Suspension), (status = 404, description = "You are not suspended."), (status = 412, description = "`stale`: you said something before.")))]
#[post("/me/suspension/appeal")]
pub async fn appeal(
    services: web::Data<Services>,
    held: Held,
    request: JsonBody<MakeAppeal>,
) -> Answer<web::Json<Suspension>> {
    Ok(web::Json(staff::appeal(&services, held.0, &request.0).await?))
}
