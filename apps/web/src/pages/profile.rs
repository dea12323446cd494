//! Somebody's profile: photos, then words, then what can be done.

use balloond_domain::balloon::Standing;
use balloond_shared::profile::Profile;
use leptos::prelude::*;
use maud::html;

use crate::{
    components::{
        icon::{Icon, icon},
        portrait::portrait,
    },
    islands::FloatForm,
};

const SIZES: &str = "(min-width: 56rem) 32rem, 92vw";

/// `note` and `refused`: what was typed to float, and why it was not.
pub struct ProfilePage {
    pub profile: Profile,
    pub standing: Standing,
    pub note: String,
    pub refused: Option<String>,
}

impl ProfilePage {
    pub fn view(self) -> impl IntoView {
        let Self { profile, standing, note, refused } = self;
        let interests: Vec<_> = profile.interests.iter().map(|interest| interest_link(interest)).collect();
        view! {
            <article class="profile">
                {photos(&profile)}
                <div class="profile-words">
                    <h1>{format!("{}, {}", profile.name, profile.age)}</h1>
                    {(!profile.bio.is_empty()).then(|| view! { <p class="bio">{profile.bio.clone()}</p> })}
                    {(!interests.is_empty())
                        .then(|| view! { <ul class="interests" role="list" aria-label="Interests">{interests}</ul> })}
                    <div class="profile-deed">{deed(&profile, standing, note, refused)}</div>
                    {(standing != Standing::Oneself).then(|| guard(&profile))}
                </div>
            </article>
        }
    }
}

fn photos(profile: &Profile) -> impl IntoView + use<> {
    let Profile { id, name, photos, .. } = profile;
    let count = photos.len();
    let label = format!("Photos of {name}");
    if count == 0 {
        let nobody = portrait(*id, name, None, SIZES, "", false).into_string();
        return view! { <div class="gallery gallery-none" inner_html=nobody></div> }.into_any();
    }
    let photos = html! {
        @for (place, photo) in photos.iter().enumerate() {
            li { (portrait(*id, name, Some(photo), SIZES, &format!("{name}, photo {} of {count}", place + 1), place > 0)) }
        }
    };
    view! { <ul class="gallery" role="list" tabindex="0" aria-label=label inner_html=photos.into_string()></ul> }
        .into_any()
}

fn interest_link(interest: &str) -> impl IntoView + use<> {
    let path = format!("/people?interest={}", crate::server::encode_query(interest));
    view! { <li><a href=path>{interest.to_owned()}</a></li> }
}

/// Keeping somebody away: there for who looks for it.
fn guard(profile: &Profile) -> impl IntoView + use<> {
    let name = profile.name.clone();
    view! {
        <details class="guard">
            <summary>"Block or report " {name.clone()}</summary>
            <p class="soft">{format!("You two do not see each other any more: not among people, not in balloons, not in your chat. {name} is not told. You can take it back in Me, under Safety.")}</p>
            <form method="post" action=format!("/people/{}/block", profile.id)>
                <button type="submit">"Block " {name.clone()}</button>
            </form>
            <p><a href=format!("/report?about=person&id={}", profile.id)>"Report " {name}</a></p>
        </details>
    }
}

fn deed(profile: &Profile, standing: Standing, note: String, refused: Option<String>) -> AnyView {
    let name = profile.name.clone();
    match standing {
        Standing::Oneself => {
            view! { <p class="soft">"This is how others see you."</p> <p><a class="button" href="/me">"Edit my profile"</a></p> }.into_any()
        }
        Standing::Open => {
            view! {
                <h2>"Float " {name.clone()} " a balloon"</h2>
                <p class="soft">{format!("If {name} catches it, a chat opens. If not, it drifts off, and nobody is told why.")}</p>
                <FloatForm to=profile.id name=name note=note error=refused />
            }
            .into_any()
        }
        Standing::Floated => {
            view! {
                <p class="standing">{icon(Icon::Balloon)} <span>"Your balloon is up. It is theirs to catch."</span></p>
                <p><a class="button" href="/balloons?box=sent">"My balloons"</a></p>
            }
            .into_any()
        }
        Standing::Waiting(_) => {
            view! {
                <p class="standing">{icon(Icon::Balloon)} <span>{name} " floated you a balloon."</span></p>
                <p><a class="button primary" href="/balloons">"Read it"</a></p>
            }
            .into_any()
        }
        Standing::Chatting(chat) => {
            view! { <p><a class="button primary" href=format!("/chats/{chat}")>"Chat with " {name}</a></p> }.into_any()
        }
    }
}
