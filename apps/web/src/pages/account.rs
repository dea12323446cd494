//! Opening an account, and logging in.

use leptos::prelude::*;

use crate::components::field::{Field, Refused, form_alert};

/// What was typed so far; never the password.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    pub email: String,
    pub name: String,
    pub age: String,
    pub refused: Refused,
}

impl RegisterPage {
    pub fn view(self) -> impl IntoView {
        let Self { email, name, age, refused } = self;
        view! {
            <div class="account">
                <h1>"Open an account"</h1>
                <p class="lead">"Others see your name and age, and what you choose to add. Never your email."</p>
                <form class="stack" method="post" action="/register" novalidate>
                    {form_alert(&refused)}
                    <Field name="name" label="Name" value=name error=refused.of("name") autocomplete="given-name" hint="As you would introduce yourself." />
                    <Field name="age" label="Age" value=age error=refused.of("age") inputmode="numeric" hint="Balloon’d is for people of 18 and over." />
                    <Field name="email" label="Email" kind="email" value=email error=refused.of("email") autocomplete="email" />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        error=refused.of("password")
                        autocomplete="new-password"
                        hint="At least 8 characters. A few words are good."
                    />
                    <button class="primary wide" type="submit">"Open my account"</button>
                </form>
                <p class="aside">"You have one already? " <a href="/login">"Log in"</a></p>
            </div>
        }
    }
}

/// `next`: where to go afterwards.
#[derive(Clone, Debug, Default)]
pub struct LoginPage {
    pub email: String,
    pub next: Option<String>,
    pub refused: Refused,
}

impl LoginPage {
    pub fn view(self) -> impl IntoView {
        let Self { email, next, refused } = self;
        let is_refused = refused.sentence.is_some();
        let passkey = passkey_path(next.as_deref());
        view! {
            <div class="account">
                <h1>"Welcome back"</h1>
                <form class="stack" method="post" action="/login" novalidate>
                    {form_alert(&refused)}
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <Field name="email" label="Email" kind="email" value=email error=refused.of("email") autocomplete="username" />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        error=refused.of("password")
                        autocomplete="current-password"
                    />
                    <button class="primary wide" type="submit">"Log in"</button>
                </form>
                {is_refused
                    .then(|| view! { <p class="aside">"Registered just now? First confirm your email, by the mail we sent."</p> })}
                <p class="aside"><a href=passkey>"Log in with a passkey"</a></p>
                <p class="aside"><a href="/forgot">"Forgot the password?"</a></p>
                <p class="aside">"New here? " <a href="/register">"Open an account"</a></p>
            </div>
        }
    }
}

/// To the log-in with a passkey, and on from there.
pub(super) fn passkey_path(next: Option<&str>) -> String {
    let next = next.map(|next| format!("?next={}", crate::server::encode_query(next)));
    format!("/login/passkey{}", next.unwrap_or_default())
}
