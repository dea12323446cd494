//! The second step: setting it up, and taking it.

use balloond_shared::second_step::{Enrolment, RecoveryCodes, SecondStepState};
use leptos::prelude::*;

use super::account::passkey_path;
use crate::components::field::{Field, Refused, form_alert, own_password};

/// After the password: the code. `next`: where to go afterwards.
pub struct CodePage {
    pub ticket: String,
    pub next: Option<String>,
    pub refused: Refused,
}

impl CodePage {
    pub fn view(self) -> impl IntoView {
        let Self { ticket, next, refused } = self;
        let passkey = passkey_path(next.as_deref());
        view! {
            <div class="account">
                <h1>"One more step"</h1>
                <p class="lead">"The password is right. Now the code that your app shows."</p>
                <form class="stack" method="post" action="/login/code" novalidate>
                    {form_alert(&refused)}
                    <input type="hidden" name="ticket" value=ticket />
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <Field
                        name="code"
                        label="Code"
                        error=refused.of("code")
                        autocomplete="one-time-code"
                        hint="Six digits. Without the app: one of your recovery codes."
                    />
                    <button class="primary wide" type="submit">"Log in"</button>
                </form>
                <p class="aside"><a href=passkey>"Use a passkey instead"</a></p>
                <p class="aside"><a href="/login">"Back to the log-in"</a></p>
            </div>
        }
    }
}

/// Whether there is a second step, and turning it on and off.
pub struct SecondStepPage {
    pub state: SecondStepState,
    pub refused: Refused,
}

impl SecondStepPage {
    pub fn view(self) -> impl IntoView {
        let Self { state, refused } = self;
        view! {
            <div class="settings-page">
                <p><a href="/me/sessions">"Back to devices and password"</a></p>
                <h1>"Second step"</h1>
                {if state.is_on { on(state.recovery_codes, &refused).into_any() } else { off(&refused).into_any() }}
            </div>
        }
    }
}

fn off(refused: &Refused) -> impl IntoView + use<> {
    view! {
        <section>
            <p>"It is off. With it, logging in takes your password and a code from an app on your phone: whoever learns your password cannot come in."</p>
            <form class="stack" method="post" action="/me/second-step" novalidate>
                {form_alert(refused)} {own_password(refused)}
                <button class="primary" type="submit">"Set it up"</button>
            </form>
        </section>
    }
}

fn on(left: i64, refused: &Refused) -> impl IntoView + use<> {
    view! {
        <section>
            <p>"It is on: logging in takes your password and a code from your app."</p>
            <p class="soft">{format!("Recovery codes left: {left} of 10. New ones take the place of the last.")}</p>
            <form class="stack" method="post" action="/me/second-step/codes" novalidate>
                {form_alert(refused)} {own_password(refused)}
                <p class="actions">
                    <button type="submit">"Make new recovery codes"</button>
                    <button type="submit" formaction="/me/second-step/end">"Turn it off"</button>
                </p>
            </form>
        </section>
    }
}

/// The secret for the app.
pub struct EnrolPage {
    pub enrolment: Enrolment,
    pub refused: Refused,
}

impl EnrolPage {
    pub fn view(self) -> impl IntoView {
        let Self { enrolment: Enrolment { secret, uri, qr }, refused } = self;
        let groups: Vec<_> = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        view! {
            <div class="settings-page">
                <p><a href="/me/second-step">"Not now"</a></p>
                <h1>"Set up your app"</h1>
                <section>
                    <p>"Any app for one-time codes will do. Let it see this:"</p>
                    <div class="qr" inner_html=qr></div>
                    <p>"On this phone: " <a href=uri>"open the app"</a> ". By hand: " <code>{groups.join(" ")}</code></p>
                    <form class="stack" method="post" action="/me/second-step/confirm" novalidate>
                        {form_alert(&refused)}
                        <Field
                            name="code"
                            label="The code that it shows now"
                            error=refused.of("code")
                            autocomplete="one-time-code"
                            inputmode="numeric"
                        />
                        <button class="primary" type="submit">"Turn it on"</button>
                    </form>
                </section>
            </div>
        }
    }
}

/// The codes for when the app is lost.
pub fn recovery_codes(RecoveryCodes { codes }: RecoveryCodes) -> impl IntoView {
    let codes: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
    view! {
        <div class="settings-page">
            <h1>"Your recovery codes"</h1>
            <section>
                <p>"The second step is on. If you lose your phone, each of these logs you in once, in the place of a code. Write them down: they are shown now and never again."</p>
                <ul class="recovery-codes" role="list">{codes}</ul>
                <p><a class="button primary" href="/me/second-step">"I have them"</a></p>
            </section>
        </div>
    }
}
