use actix_web::{HttpRequest, web::Query};
use balloond_domain::staff;
use balloond_shared::chat::Badges;
use chrono::Utc;
use serde::Deserialize;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::RecordPage,
    server::{app::State, reply::Reply, visitor::Held},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RecordQuery {
    cursor: Option<String>,
}

/// `GET /me/record?cursor`
pub async fn show(request: HttpRequest, app: State, held: Held, query: Query<RecordQuery>) -> Answer {
    let record = staff::record(&app.services, held.0, query.cursor.as_deref(), None).await?;
    let page = RecordPage { record, now: Utc::now() };
    let badges = Badges { balloons: 0, chats: 0 };
    let reply = Reply::new(&request, "Decisions about you");
    let reply = if held.1 { reply } else { reply.of_member(Section::Me, badges) };
    Ok(reply.show(|| page.view()))
}
