//! What somebody sees who is suspended.

use balloond_shared::moderation::{Appeal, Suspension};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::admin::until;
use crate::components::{
    field::{Refused, TextField, form_alert},
    time::{Telling, moment},
};

pub struct SuspendedPage {
    pub suspension: Suspension,
    /// The appeal as it was typed.
    pub words: String,
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl SuspendedPage {
    pub fn view(self) -> impl IntoView {
        let Self { suspension, words, refused, now } = self;
        let Suspension { reason, began_at, ends_at, appeal } = suspension;
        view! {
            <div class="settings-page">
                <h1>"Your account is suspended"</h1>
                <p>
                    "Since " {moment(began_at, Telling::Short, now)} ", " {until(ends_at, now)} ". Until then nobody finds you, and you can see and send nothing."
                </p>
                <section aria-labelledby="why">
                    <h2 id="why">"Why"</h2>
                    <p class="bio"><q>{reason}</q></p>
                </section>
                <section aria-labelledby="appeal">
                    <h2 id="appeal">"If you think that is wrong"</h2>
                    {match appeal {
                        Some(appeal) => appealed(appeal, now),
                        None => form(words, &refused),
                    }}
                </section>
                <section aria-labelledby="yours">
                    <h2 id="yours">"What stays yours"</h2>
                    <ul class="me-links" role="list">
                        <li><a href="/me/data">"Your data"</a> <span class="soft">"A copy of everything, or the way out."</span></li>
                        <li><a href="/me/record">"Decisions about you"</a> <span class="soft">"What was done, when and why."</span></li>
                    </ul>
                    <form method="post" action="/logout">
                        <button type="submit">"Log out"</button>
                    </form>
                </section>
            </div>
        }
    }
}

fn form(words: String, refused: &Refused) -> AnyView {
    view! {
        <p class="soft">"Say so, once. Somebody else than the one who decided reads it, where there is somebody else."</p>
        <form class="stack" method="post" action="/suspended/appeal" novalidate>
            {form_alert(refused)}
            <TextField name="words" label="What we should know" value=words error=refused.of("words") rows=6 hint="Up to 2000 characters." />
            <button class="primary" type="submit">"Send it"</button>
        </form>
    }
    .into_any()
}

fn appealed(appeal: Appeal, now: DateTime<Utc>) -> AnyView {
    let outcome = match appeal.granted {
        Some(_) => "It was looked at, and the suspension stays.",
        None => "It waits to be looked at.",
    };
    view! {
        <p>"You wrote, " {moment(appeal.made_at, Telling::Short, now)} ":"</p>
        <p class="bio"><q>{appeal.words}</q></p>
        <p role="status">{outcome}</p>
        {appeal.note.map(|note| view! { <p class="bio"><q>{note}</q></p> })}
    }
    .into_any()
}
