//! Passkeys: one's own, and logging in with one. What the browser is asked for stands in the page; a small script asks it.

use balloond_shared::passkey::{Passkey, PasskeyOptions};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::{Field, Refused, form_alert, own_password},
    time::{Telling, moment},
};

/// The script that these pages need.
pub const SCRIPT: &str = "passkey.js";

/// `options`: none while no passkey can be added. `name`: as it was typed.
pub struct PasskeysPage {
    pub passkeys: Vec<Passkey>,
    pub options: Option<PasskeyOptions>,
    pub name: String,
    pub refused: Refused,
    /// Why none was removed.
    pub removal: Refused,
    pub now: DateTime<Utc>,
}

impl PasskeysPage {
    pub fn view(self) -> impl IntoView {
        let Self { passkeys, options, name, refused, removal, now } = self;
        let adding = match options {
            Some(options) => add(&options, name, &refused).into_any(),
            None => view! { <p class="alert">"None can be added right now. Try again in a moment."</p> }.into_any(),
        };
        view! {
            <div class="settings-page">
                <p><a href="/me/sessions">"Back to devices and password"</a></p>
                <h1>"Passkeys"</h1>
                <section aria-labelledby="passkeys">
                    <h2 id="passkeys">"Your passkeys"</h2>
                    <p class="soft">"With a passkey you log in without a password: your device asks for your finger, your face or its PIN. Your password goes on working, and brings you in when a device is lost."</p>
                    {list(passkeys, &removal, now)}
                </section>
                <section aria-labelledby="new-passkey">
                    <h2 id="new-passkey">"A new one"</h2>
                    {adding}
                </section>
            </div>
        }
    }
}

fn list(passkeys: Vec<Passkey>, removal: &Refused, now: DateTime<Utc>) -> AnyView {
    if passkeys.is_empty() {
        return view! { <p class="soft">"None yet."</p> }.into_any();
    }
    let entries: Vec<_> = passkeys
        .into_iter()
        .map(|Passkey { id, name, made_at, used_at }| {
            let used = match used_at {
                Some(used_at) => view! { "used " {moment(used_at, Telling::Short, now)} }.into_any(),
                None => view! { "never used" }.into_any(),
            };
            view! {
                <li>
                    <label class="choice">
                        <input type="radio" name="passkey" value=id.to_string() />
                        <span>
                            <span class="balloon-name">{name}</span> <br />
                            <span class="soft">{used} " · since " {moment(made_at, Telling::Day, now)}</span>
                        </span>
                    </label>
                </li>
            }
        })
        .collect();
    view! {
        <form class="stack" method="post" action="/me/passkeys/remove" novalidate>
            {form_alert(removal)}
            <fieldset class="choices">
                <legend class="hidden">"Your passkeys"</legend>
                {removal.of("passkey").map(|error| view! { <p class="error">{error}</p> })}
                <ul role="list">{entries}</ul>
            </fieldset>
            <details class="guard" open=*removal != Refused::default()>
                <summary>"Remove the chosen one"</summary>
                // Of two fields for the same password on a page, each has a name of its own.
                <Field
                    name="current_password"
                    label="Your password, to remove it"
                    kind="password"
                    error=removal.of("password")
                    autocomplete="current-password"
                />
                <button type="submit">"Remove it"</button>
            </details>
        </form>
    }
    .into_any()
}

fn add(options: &PasskeyOptions, name: String, refused: &Refused) -> impl IntoView + use<> {
    view! {
        <form class="stack" method="post" action="/me/passkeys" data-passkey="add" data-options=options.0.to_string() novalidate>
            {form_alert(refused)} {refused.of("credential").map(|error| view! { <p class="alert" role="alert">{error}</p> })}
            {notes("Your browser made no passkey. Perhaps this device has one already.")}
            <input type="hidden" name="credential" />
            <Field name="name" label="What is it on?" value=name error=refused.of("name") autocomplete="off" hint="To tell it from others: My phone, for instance." />
            {own_password(refused)}
            <button class="primary" type="submit">"Add a passkey"</button>
        </form>
    }
}

/// `options`: none while no passkey can be asked for. `next`: where to go afterwards.
pub struct PasskeyLoginPage {
    pub options: Option<PasskeyOptions>,
    pub next: Option<String>,
    pub refused: Refused,
}

impl PasskeyLoginPage {
    pub fn view(self) -> impl IntoView {
        let Self { options, next, refused } = self;
        let options = options.map(|options| options.0.to_string());
        let cannot = options.is_none().then(|| {
            view! { <p class="alert" role="alert">"Passkeys cannot be asked for right now. Your password can."</p> }
        });
        view! {
            <div class="account">
                <h1>"Log in with a passkey"</h1>
                <p class="lead">"Your device asks whether it is you. No password, no code."</p>
                {cannot}
                <form class="stack" method="post" action="/login/passkey" data-passkey=options.is_some().then_some("use") data-options=options novalidate>
                    {form_alert(&refused)}
                    {notes("Your browser gave no passkey. Try again, or use your password.")}
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <input type="hidden" name="credential" />
                    <button class="primary wide" type="submit">"Use a passkey"</button>
                </form>
                <p class="aside"><a href="/login">"With the password"</a></p>
            </div>
        }
    }
}

/// What stands there without scripts, and what a script shows when the browser gave nothing.
fn notes(failed: &'static str) -> impl IntoView {
    view! {
        <p class="alert" data-passkey-without>"This takes scripts, and a browser that knows passkeys."</p>
        <p class="alert" role="alert" data-passkey-failed hidden>{failed}</p>
    }
}
