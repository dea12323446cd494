//! One's data to take along, and the way out.

use balloond_shared::leaving::{Erasure, Export};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::{Refused, form_alert, own_password},
    time::{Telling, moment},
};

/// `refused`: why the account was not erased.
pub struct DataPage {
    pub export: Option<Export>,
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl DataPage {
    pub fn view(self) -> impl IntoView {
        let Self { export, refused, now } = self;
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Your data"</h1>
                <section aria-labelledby="copy">
                    <h2 id="copy">"A copy of everything"</h2>
                    <p class="soft">"Profile, photos, balloons, chats, settings, devices: one JSON file, private to you. It is kept for a day."</p>
                    {copy(export, now)}
                </section>
                <section aria-labelledby="leave">
                    <h2 id="leave">"Delete my account"</h2>
                    <p>"You are gone at once, for everybody: profile, photos, balloons, devices. What you wrote in chats stays with those you wrote it to, as from a deleted account. This cannot be taken back."</p>
                    <form class="stack" method="post" action="/me/erase" novalidate>
                        {form_alert(&refused)}
                        {own_password(&refused)}
                        <button type="submit">"Delete my account for good"</button>
                    </form>
                </section>
            </div>
        }
    }
}

fn copy(export: Option<Export>, now: DateTime<Utc>) -> AnyView {
    match export {
        None => view! {
            <form method="post" action="/me/export">
                <button type="submit">"Make a copy"</button>
            </form>
        }
        .into_any(),
        Some(Export { url: Some(url), expires_at, .. }) => view! {
            <p>
                <a class="button" href=url download="balloond.json">
                    "Download it"
                </a>
            </p>
            <p class="soft">"There until " {moment(expires_at, Telling::Short, now)} ". The link itself is good for 15 minutes: load this page again for another."</p>
        }
        .into_any(),
        Some(Export { percent, .. }) => view! {
            <p role="status">{format!("Being made: {percent} %.")}</p>
            <progress max="100" value=percent.to_string() aria-label="Your copy"></progress>
            <p><a class="button" href="/me/data">"Look again"</a></p>
        }
        .into_any(),
    }
}

/// After the account is gone: the receipt.
pub fn goodbye(receipt: &Erasure) -> impl IntoView + use<> {
    let Erasure { id, requested_at, finished_at, removed } = receipt.clone();
    let now = Utc::now();
    let rows = [
        ("photos", removed.photos),
        ("copies of photos that were kept near their viewers", removed.addresses),
        ("balloons", removed.balloons),
        ("devices", removed.sessions),
        ("blocks", removed.blocks),
        ("reports", removed.reports),
        ("copies of your data", removed.exports),
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| view! { <li>{format!("{count} {name}")}</li> })
        .collect();
    view! {
        <div class="settings-page">
            <h1>"Your account is deleted"</h1>
            <p>"It was gone for everybody " {moment(requested_at, Telling::Short, now)} "."</p>
            {match finished_at {
                Some(at) => view! { <p>"Nothing is left of it since " {moment(at, Telling::Short, now)} ". Removed:"</p> <ul>{rows}</ul> }.into_any(),
                None => {
                    view! {
                        <p role="status">"The last files are being removed."</p>
                        <p><a class="button" href=format!("/goodbye/{id}")>"Look again"</a></p>
                    }
                        .into_any()
                }
            }}
            <p class="soft">"This is your receipt. Keep the address of this page if you want to see it again."</p>
        </div>
    }
}
