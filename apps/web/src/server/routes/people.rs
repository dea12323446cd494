use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Path, Query},
};
use balloond_domain::{balloon, chat, people, profile};
use balloond_shared::{ApiError, Page, UserId, people::PeopleQuery};
use tokio::try_join;

use super::Answer;
use crate::{
    components::field::Refused,
    components::navigation::Section,
    pages::{PeoplePage, ProfilePage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::Reply,
        visitor::Member,
    },
};

/// `GET /people?q&interest&min_age&max_age&cursor`
pub async fn list(request: HttpRequest, app: State, member: Member, query: Query<PeopleQuery>) -> Answer {
    let (found, badges) = people::browse(&app.services, member.0, &query).await?;
    let (people, refused, code) = match found {
        Ok(people) => (people, Refused::default(), StatusCode::OK),
        Err(fields) => {
            let error = ApiError::invalid(fields);
            let code = status(&error);
            (Page { items: Vec::new(), next: None }, error.into(), code)
        }
    };
    let page = PeoplePage { query: query.into_inner(), people, refused };
    Ok(Reply::new(&request, "People").status(code).of_member(Section::People, badges).show(|| page.view()))
}

/// `GET /people/{id}`
pub async fn show(request: HttpRequest, app: State, member: Member, id: Path<UserId>) -> Answer {
    profile_page(&request, &app, &member, *id, String::new(), None).await
}

/// The profile, once more where a balloon was not floated.
pub async fn profile_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    id: UserId,
    note: String,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let (profile, standing, badges) = try_join!(
        profile::profile(services, viewer, id),
        balloon::standing(services, viewer, id),
        chat::badges(services, viewer)
    )?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(|error| error.errors.of("note").map_or(error.title.clone(), str::to_owned));
    let title = format!("{}, {}", profile.name, profile.age);
    let page = ProfilePage { profile, standing, note, refused };
    Ok(Reply::new(request, title).status(code).of_member(Section::People, badges).show(|| page.view()))
}
