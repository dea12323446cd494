//! What one keeps away: being seen, words, people.

use balloond_shared::{Page, report::Report, safety::Block};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::report::reports_list;
use crate::components::{
    field::{Refused, TextField, form_alert},
    portrait::avatar,
    time::{Telling, moment},
};

/// `words`: as they were typed, each on a line of its own.
pub struct SafetyPage {
    pub paused: bool,
    pub words: String,
    pub refused: Refused,
    pub blocks: Page<Block>,
    pub reports: Vec<Report>,
    pub now: DateTime<Utc>,
}

impl SafetyPage {
    pub fn view(self) -> impl IntoView {
        let Self { paused, words, refused, blocks, reports, now } = self;
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Safety"</h1>
                <section aria-labelledby="pause">
                    <h2 id="pause">"A pause"</h2>
                    {pause(paused)}
                </section>
                <section aria-labelledby="hidden">
                    <h2 id="hidden">"Hidden words"</h2>
                    <p class="soft">"A balloon with one of these in its note does not reach you. Nobody is told."</p>
                    <form class="stack" method="post" action="/me/safety/words" novalidate>
                        {form_alert(&refused)}
                        <TextField name="hidden_words" label="Words" value=words error=refused.of("hidden_words") rows=5 hint="One on a line, up to fifty." />
                        <button type="submit">"Save"</button>
                    </form>
                </section>
                <section aria-labelledby="blocked">
                    <h2 id="blocked">"Blocked people"</h2>
                    {blocked(blocks, now)}
                </section>
                <section aria-labelledby="reported">
                    <h2 id="reported">"What you reported"</h2>
                    {reports_list(reports, now)}
                </section>
            </div>
        }
    }
}

fn pause(paused: bool) -> impl IntoView {
    let (state, button) = if paused {
        (
            "You are in no list of people, and whoever does not know you yet does not find you. Your chats go on.",
            "Be seen again",
        )
    } else {
        ("Leave the list of people for as long as you like. Your chats stay as they are.", "Take a pause")
    };
    view! {
        <p class="soft">{state}</p>
        <form method="post" action="/me/safety/pause">
            <input type="hidden" name="paused" value=(!paused).to_string() />
            <button type="submit">{button}</button>
        </form>
    }
}

fn blocked(blocks: Page<Block>, now: DateTime<Utc>) -> AnyView {
    if blocks.items.is_empty() {
        return view! { <p class="soft">"Nobody. On somebody’s profile you can block them: then you two do not see each other any more."</p> }.into_any();
    }
    let older = blocks.next.map(|next| {
        let path = format!("/me/safety?cursor={}", crate::server::encode_query(&next.0));
        view! { <p class="more"><a class="button" href=path rel="next">"Earlier ones"</a></p> }
    });
    let entries: Vec<_> = blocks.items.into_iter().map(|block| entry(block, now)).collect();
    view! {
        <ul class="settings-list" role="list">{entries}</ul>
        {older}
    }
    .into_any()
}

fn entry(block: Block, now: DateTime<Utc>) -> impl IntoView {
    let Block { user, person, blocked_at, .. } = block;
    let name =
        person.as_ref().map_or_else(|| "Somebody you had floated a balloon".to_owned(), |person| person.name.clone());
    view! {
        <li>
            {avatar(user, &name, person.as_ref().and_then(|person| person.photo.as_ref()))}
            <p>
                <span class="balloon-name">{name.clone()}</span> <br />
                <span class="soft">"since " {moment(blocked_at, Telling::Day, now)}</span>
            </p>
            <form method="post" action=format!("/people/{user}/unblock")>
                <button type="submit">"Unblock" <span class="hidden">" " {name}</span></button>
            </form>
        </li>
    }
}
