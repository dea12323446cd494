//! Where one is signed in, and the password.

use balloond_shared::session::Session;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::{Field, Refused, form_alert},
    time::{Telling, moment},
};

pub struct SessionsPage {
    pub sessions: Vec<Session>,
    /// Why the password was not changed.
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl SessionsPage {
    pub fn view(self) -> impl IntoView {
        let Self { sessions, refused, now } = self;
        let has_others = sessions.len() > 1;
        let entries: Vec<_> = sessions.into_iter().map(|session| entry(session, now)).collect();
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Devices and password"</h1>
                <section aria-labelledby="devices">
                    <h2 id="devices">"Where you are signed in"</h2>
                    <ul class="settings-list" role="list">{entries}</ul>
                    {has_others
                        .then(|| {
                            view! {
                                <form method="post" action="/me/sessions/end">
                                    <button type="submit">"Log out everywhere else"</button>
                                </form>
                            }
                        })}
                </section>
                <section aria-labelledby="password-change">
                    <h2 id="password-change">"Password"</h2>
                    <form class="stack" method="post" action="/me/password" novalidate>
                        {form_alert(&refused)}
                        <Field
                            name="current_password"
                            label="Your password of now"
                            kind="password"
                            error=refused.of("current_password")
                            autocomplete="current-password"
                        />
                        <Field
                            name="password"
                            label="The new one"
                            kind="password"
                            error=refused.of("password")
                            autocomplete="new-password"
                            hint="At least 8 characters. Everywhere else you are logged out."
                        />
                        <button type="submit">"Change it"</button>
                    </form>
                </section>
                <section aria-labelledby="second-step">
                    <h2 id="second-step">"Second step"</h2>
                    <p>"A code from an app, asked for after the password." <br /> <a href="/me/second-step">"Second step at log-in"</a></p>
                </section>
                <section aria-labelledby="passkeys">
                    <h2 id="passkeys">"Passkeys"</h2>
                    <p>"Log in by your finger, your face or a PIN, without a password." <br /> <a href="/me/passkeys">"Passkeys"</a></p>
                </section>
                <section aria-labelledby="programs">
                    <h2 id="programs">"Programs"</h2>
                    <p>"A program of yours can use Balloon’d in your name, as far as you allow it." <br /> <a href="/me/tokens">"Tokens for programs"</a></p>
                </section>
            </div>
        }
    }
}

fn entry(session: Session, now: DateTime<Utc>) -> impl IntoView {
    let Session { id, device, place, began_at, seen_at, current } = session;
    let seen = if current {
        view! { "This device" }.into_any()
    } else {
        view! { "seen " {moment(seen_at, Telling::Short, now)} }.into_any()
    };
    view! {
        <li class="session">
            <p>
                <span class="balloon-name">{device.clone()}</span> <br />
                <span class="soft">{seen} " · from " {place} " · since " {moment(began_at, Telling::Day, now)}</span>
            </p>
            {(!current)
                .then(|| {
                    view! {
                        <form method="post" action=format!("/me/sessions/{id}/end")>
                            <button type="submit">"Log out" <span class="hidden">" " {device}</span></button>
                        </form>
                    }
                })}
        </li>
    }
}
