//! The tokens that somebody made for programs of theirs.

use balloond_shared::api_token::{ApiToken, MakeApiToken, NewApiToken, Scope};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::{Field, Refused, form_alert, own_password},
    time::{Telling, moment},
};

/// For how long a token can be made here, in days.
const LIVES: [(Option<i64>, &str); 4] =
    [(Some(30), "for 30 days"), (Some(90), "for 90 days"), (Some(365), "for a year"), (None, "until I end it")];

/// `typed`: what was asked for so far; never the password.
pub struct TokensPage {
    pub tokens: Vec<ApiToken>,
    pub typed: MakeApiToken,
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl TokensPage {
    pub fn view(self) -> impl IntoView {
        let Self { tokens, typed, refused, now } = self;
        let list = if tokens.is_empty() {
            view! { <p class="soft">"None yet."</p> }.into_any()
        } else {
            let entries: Vec<_> = tokens.into_iter().map(|token| entry(token, now)).collect();
            view! { <ul class="settings-list" role="list">{entries}</ul> }.into_any()
        };
        view! {
            <div class="settings-page">
                <p><a href="/me/sessions">"Back to devices and password"</a></p>
                <h1>"Tokens for programs"</h1>
                <section aria-labelledby="tokens">
                    <h2 id="tokens">"Your tokens"</h2>
                    <p class="soft">
                        "With a token a program of yours uses Balloon’d in your name, as far as you allow it. It never reaches your password, your devices or your data. A new password ends them all."
                    </p>
                    {list}
                </section>
                <section aria-labelledby="new-token">
                    <h2 id="new-token">"A new one"</h2>
                    {form(typed, &refused)}
                </section>
            </div>
        }
    }
}

fn entry(token: ApiToken, now: DateTime<Utc>) -> impl IntoView {
    let ApiToken { id, name, scopes, expires_at, used_at, .. } = token;
    let used = match used_at {
        Some(used_at) => view! { "used " {moment(used_at, Telling::Short, now)} }.into_any(),
        None => view! { "never used" }.into_any(),
    };
    let ends = expires_at.map(|at| {
        let words = if at <= now { " · ended " } else { " · ends " };
        view! { {words} {moment(at, Telling::Day, now)} }
    });
    let scopes = scopes.into_iter().map(Scope::name).collect::<Vec<_>>().join(", ");
    view! {
        <li class="session">
            <p>
                <span class="balloon-name">{name.clone()}</span> <br />
                <span class="soft">{used} {ends} <br /> {scopes}</span>
            </p>
            <form method="post" action=format!("/me/tokens/{id}/end")>
                <button type="submit">"End it" <span class="hidden">" " {name}</span></button>
            </form>
        </li>
    }
}

fn form(typed: MakeApiToken, refused: &Refused) -> impl IntoView + use<> {
    let choices: Vec<_> = Scope::ALL
        .into_iter()
        .map(|scope| {
            let checked = typed.scopes.contains(&scope);
            view! {
                <li>
                    <label class="choice">
                        <input type="checkbox" name="scopes" value=scope.name() checked=checked />
                        <span>{scope.sentence()} " " <code class="soft">{scope.name()}</code></span>
                    </label>
                </li>
            }
        })
        .collect();
    let lives: Vec<_> = LIVES
        .into_iter()
        .map(|(days, words)| {
            let value = days.map(|days| days.to_string()).unwrap_or_default();
            view! { <option value=value selected=days == typed.days>{words}</option> }
        })
        .collect();
    view! {
        <form class="stack" method="post" action="/me/tokens" novalidate>
            {form_alert(refused)}
            <Field name="name" label="What is it for?" value=typed.name error=refused.of("name") autocomplete="off" hint="To tell it from others: the program’s name, for instance." />
            <fieldset class="choices">
                <legend>"It may"</legend>
                {refused.of("scopes").map(|error| view! { <p class="error">{error}</p> })}
                <ul role="list">{choices}</ul>
            </fieldset>
            <div class="field">
                <label for="days">"It works"</label>
                <select id="days" name="days">{lives}</select>
            </div>
            {own_password(refused)}
            <button class="primary" type="submit">"Make the token"</button>
        </form>
    }
}

/// A token, this once.
pub fn made_token(NewApiToken { token, about }: NewApiToken) -> impl IntoView {
    view! {
        <div class="settings-page">
            <h1>"Your token"</h1>
            <section>
                <p>"This is “" {about.name} "”. Copy it now: it is shown this once and never again. Whoever has it can do what you allowed."</p>
                <p class="secret"><code>{token}</code></p>
                <p class="soft">"A program sends it as " <code>"Authorization: Bearer …"</code> ". If it gets out, end it here at once."</p>
                <p><a class="button primary" href="/me/tokens">"I have it"</a></p>
            </section>
        </div>
    }
}
