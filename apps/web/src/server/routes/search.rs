use actix_web::{HttpRequest, http::StatusCode, web::Query};
use balloond_domain::{Error, chat};
use balloond_shared::search::SearchQuery;
use chrono::Utc;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::SearchPage,
    server::{answer::status, app::State, reply::Reply, visitor::Member},
};

/// `GET /search?q&chat&cursor`
pub async fn show(request: HttpRequest, app: State, member: Member, query: Query<SearchQuery>) -> Answer {
    let (services, viewer, query) = (&app.services, member.0, query.into_inner());
    let badges = chat::badges(services, viewer).await?;
    let (found, refused) = if query.q.trim().is_empty() {
        (None, None)
    } else {
        match chat::search(services, viewer, &query).await {
            Ok(found) => (Some(found), None),
            Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => return Err(error.into()),
            Err(error) => (None, Some(error.to_api())),
        }
    };
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(|error| error.errors.0.first().map_or(error.title, |fault| fault.message.clone()));
    let page = SearchPage { query, found, refused, me: viewer.user, now: Utc::now() };
    Ok(Reply::new(&request, "Search").status(code).of_member(Section::Chats, badges).show(|| page.view()))
}
