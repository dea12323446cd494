use actix_web::HttpRequest;

use super::Answer;
use crate::{
    pages,
    server::{
        reply::{Reply, see_other},
        visitor::Visitor,
    },
};

/// `GET /`
pub async fn show(request: HttpRequest, visitor: Visitor) -> Answer {
    if visitor.0.is_some() {
        return Ok(see_other("/people"));
    }
    Ok(Reply::new(&request, "Meet by consent").class("is-landing").public().show(pages::landing))
}
