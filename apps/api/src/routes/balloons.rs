use actix_web::{HttpResponse, delete, get, http::StatusCode, post, web};
use balloond_domain::{Services, balloon};
use balloond_shared::{
    BalloonId,
    balloon::{BalloonBox, BalloonPage, FloatBalloon, SentBalloon},
    chat::Chat,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{JsonBody, PathId, Query, Signed},
    refusal::Answer,
};

/// `GET /balloons`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BalloonsQuery {
    #[serde(default, rename = "box")]
    #[param(inline)]
    which: BalloonBox,
    cursor: Option<String>,
    /// 1 to 100; 24 without.
    limit: Option<i64>,
}

/// Floats somebody a balloon.
#[utoipa::path(operation_id = "float_balloon", tag = "balloons", security(("token" = []), ("cookie" = [])), request_body = FloatBalloon, responses(
    (status = 201, description = "On its way.", body = SentBalloon),
    (status = 403, description = "`forbidden`: it is yourself; `unverified`: your email is not verified."),
    (status = 404, description = "Nobody there."),
    (status = 409, description = "`already_floated`, `balloon_waiting` or `already_chatting`"),
    (status = 429, description = "`budget_spent`: 20 in 24 hours."),
))]
#[post("/balloons")]
pub async fn float(
    services: web::Data<Services>,
    signed: Signed,
    request: JsonBody<FloatBalloon>,
) -> Answer<(web::Json<SentBalloon>, StatusCode)> {
    Ok((web::Json(balloon::float(&services, signed.0, &request.0).await?), StatusCode::CREATED))
}

/// The balloons that wait for one (`box=received`), or that one floated (`box=sent`); newest first.
#[utoipa::path(operation_id = "list_balloons", tag = "balloons", security(("token" = []), ("cookie" = [])), params(BalloonsQuery), responses((status = 200, description = "A page of balloons, by box.", body = BalloonPage)))]
#[get("/balloons")]
pub async fn list(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<BalloonsQuery>,
) -> Answer<web::Json<BalloonPage>> {
    let (viewer, cursor, limit) = (signed.0, query.0.cursor.as_deref(), query.0.limit);
    Ok(web::Json(match query.0.which {
        BalloonBox::Received => BalloonPage::Received(balloon::received(&services, viewer, cursor, limit).await?),
        BalloonBox::Sent => BalloonPage::Sent(balloon::sent(&services, viewer, cursor, limit).await?),
    }))
}

/// Accepts a balloon: opens the chat, whose first message is the note. Repeating it answers the same chat.
#[utoipa::path(operation_id = "catch_balloon", tag = "balloons", security(("token" = []), ("cookie" = [])), params(("id" = BalloonId, Path)), responses((status = 200, description = "The chat.", body = Chat), (status = 409, description = "`balloon_gone`")))]
#[post("/balloons/{id}/catch")]
pub async fn catch(services: web::Data<Services>, signed: Signed, id: PathId<BalloonId>) -> Answer<web::Json<Chat>> {
    Ok(web::Json(balloon::catch(&services, signed.0, id.0).await?))
}

/// Declines a balloon. Its sender never learns.
#[utoipa::path(operation_id = "pop_balloon", tag = "balloons", security(("token" = []), ("cookie" = [])), params(("id" = BalloonId, Path)), responses((status = 204, description = "Gone."), (status = 409, description = "`balloon_gone`")))]
#[post("/balloons/{id}/pop")]
pub async fn pop(services: web::Data<Services>, signed: Signed, id: PathId<BalloonId>) -> Answer<HttpResponse> {
    balloon::pop(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a balloon back that was not caught.
#[utoipa::path(operation_id = "withdraw_balloon", tag = "balloons", security(("token" = []), ("cookie" = [])), params(("id" = BalloonId, Path)), responses((status = 204, description = "Taken back."), (status = 409, description = "`balloon_gone`")))]
#[delete("/balloons/{id}")]
pub async fn withdraw(services: web::Data<Services>, signed: Signed, id: PathId<BalloonId>) -> Answer<HttpResponse> {
    balloon::withdraw(&services, signed.0, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
