//! One's own profile, edited in place; the account below.

use balloond_shared::profile::Me;
use leptos::prelude::*;

use crate::{
    components::field::{Field, Refused, TextField, form_alert},
    islands::{Given, PhotoManager},
};

/// The profile's fields as they are typed.
#[derive(Clone, Debug)]
pub struct TypedProfile {
    pub name: String,
    pub age: String,
    pub bio: String,
    /// Separated by commas.
    pub interests: String,
    /// Of the profile that was edited.
    pub version: i32,
}

impl TypedProfile {
    #[must_use]
    pub fn of(me: &Me) -> Self {
        Self {
            name: me.profile.name.clone(),
            age: me.profile.age.to_string(),
            bio: me.profile.bio.clone(),
            interests: me.profile.interests.join(", "),
            version: me.version,
        }
    }
}

pub struct MePage {
    pub me: Me,
    pub typed: TypedProfile,
    pub refused: Refused,
    /// Why the last deed about a photo was not done.
    pub photo_refused: Option<String>,
}

impl MePage {
    pub fn view(self) -> impl IntoView {
        let Self { me, typed, refused, photo_refused } = self;
        view! {
            <div class="me-page">
                <header class="me-head">
                    <h1>"Me"</h1>
                    <a href=format!("/people/{}", me.profile.id)>"As others see me"</a>
                </header>
                {(!me.verified)
                    .then(|| view! { <p class="alert">"Your email is not confirmed: nobody sees you yet. " <a href="/verify">"Type in the code"</a></p> })}
                <div class="me-parts">
                    <section aria-labelledby="photos">
                        <h2 id="photos">"Photos"</h2>
                        <p class="soft">"The first is the one people see first. Up to six; what a camera writes into them is taken out."</p>
                        <PhotoManager photos=Given(me.profile.photos) refused=photo_refused />
                    </section>
                    <section aria-labelledby="words">
                        <h2 id="words">"Words"</h2>
                        {words(typed, &refused)}
                    </section>
                    <section class="me-account" aria-labelledby="account">
                        <h2 id="account">"Account"</h2>
                        <p>{me.email} <br /> <span class="soft">"Only you see this."</span></p>
                        <ul class="me-links" role="list">
                            <li><a href="/me/sessions">"Devices and password"</a> <span class="soft">"Where you are signed in."</span></li>
                            <li><a href="/me/privacy">"Privacy"</a> <span class="soft">"What people in your chats see of you."</span></li>
                            <li><a href="/me/notifications">"Notifications"</a> <span class="soft">"How you are called when you are away."</span></li>
                            <li><a href="/me/safety">"Safety"</a> <span class="soft">"A pause, hidden words, blocked people."</span></li>
                            <li><a href="/me/record">"Decisions about you"</a> <span class="soft">"What those who look after the place did."</span></li>
                            <li><a href="/me/data">"Your data"</a> <span class="soft">"A copy of everything, or the way out."</span></li>
                            {me.role.map(|role| view! { <li><a href="/admin">"Administration"</a> <span class="soft">"You are " {role.name()} "."</span></li> })}
                        </ul>
                        <form method="post" action="/logout">
                            <button type="submit">"Log out"</button>
                        </form>
                    </section>
                </div>
            </div>
        }
    }
}

fn words(typed: TypedProfile, refused: &Refused) -> impl IntoView + use<> {
    view! {
        <form class="stack" method="post" action="/me" novalidate>
            {form_alert(refused)}
            <input type="hidden" name="version" value=typed.version />
            <div class="pair">
                <Field name="name" label="Name" value=typed.name error=refused.of("name") autocomplete="given-name" />
                <Field name="age" label="Age" value=typed.age error=refused.of("age") inputmode="numeric" />
            </div>
            <TextField name="bio" label="About you" value=typed.bio error=refused.of("bio") rows=7 hint="The first line stands on your card." />
            <Field
                name="interests"
                label="Interests"
                value=typed.interests
                error=refused.of("interests")
                required=false
                hint="Up to twelve, with commas between them."
                autocomplete="off"
            />
            <button class="primary" type="submit">"Save"</button>
        </form>
    }
}
