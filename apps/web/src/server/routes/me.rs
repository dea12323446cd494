use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Form};
use balloond_domain::{Error, chat, profile};
use balloond_shared::{ApiError, profile::EditProfile};
use serde::Deserialize;
use tokio::try_join;

use super::{Answer, account::read_age};
use crate::{
    components::field::Refused,
    components::navigation::Section,
    pages::{MePage, Notice, TypedProfile},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

#[derive(Deserialize)]
pub struct ProfileForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    age: String,
    #[serde(default)]
    bio: String,
    #[serde(default)]
    interests: String,
    version: i32,
}

/// Why a form of this page was not taken.
#[derive(Default)]
pub struct Trouble {
    /// The profile as it was typed, and what is wrong with it.
    pub words: Option<(TypedProfile, ApiError)>,
    /// What is wrong with a photo.
    pub photo: Option<ApiError>,
}

/// `GET /me`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    me_page(&request, &app, &member, Trouble::default()).await
}

/// `POST /me {name, age, bio, interests, version}`
pub async fn edit(request: HttpRequest, app: State, member: Member, form: Form<ProfileForm>) -> Answer {
    let ProfileForm { name, age, bio, interests, version } = form.into_inner();
    let typed = TypedProfile { name, age, bio, interests, version };
    match profile::edit(&app.services, member.0, &edited(&typed), Some(version)).await {
        Ok(_) => Ok(see_other_saying(&app, "/me", Notice::Saved)),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error.into()),
        Err(error) => {
            let words = Some((typed, error.to_api()));
            me_page(&request, &app, &member, Trouble { words, ..Trouble::default() }).await
        }
    }
}

fn edited(typed: &TypedProfile) -> EditProfile {
    let interests =
        typed.interests.split(',').map(str::trim).filter(|interest| !interest.is_empty()).map(str::to_owned);
    EditProfile {
        name: Some(typed.name.clone()),
        age: Some(read_age(&typed.age)),
        bio: Some(typed.bio.clone()),
        interests: Some(interests.collect()),
    }
}

/// One's own page, once more where something was refused.
pub async fn me_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    trouble: Trouble,
) -> Result<HttpResponse, Refusal> {
    let (me, badges) = try_join!(profile::me(&app.services, member.0), chat::badges(&app.services, member.0))?;
    let error = trouble.words.as_ref().map(|(_, error)| error).or(trouble.photo.as_ref());
    let code = error.map_or(StatusCode::OK, status);
    let (typed, refused) = match trouble.words {
        Some((typed, error)) => (typed, Refused::from(error)),
        None => (TypedProfile::of(&me), Refused::default()),
    };
    let photo_refused = trouble.photo.map(|error| error.errors.of("photo").map_or(error.title.clone(), str::to_owned));
    let page = MePage { me, typed, refused, photo_refused };
    Ok(Reply::new(request, "Me").status(code).of_member(Section::Me, badges).show(|| page.view()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interests_stand_between_commas() {
        let typed = TypedProfile {
            name: "Ada".into(),
            age: "36".into(),
            bio: String::new(),
            interests: " rye bread, ,night trains,".into(),
            version: 1,
        };
        assert_eq!(edited(&typed).interests.unwrap(), ["rye bread", "night trains"]);
        assert_eq!(edited(&typed).age, Some(36));
    }
}
