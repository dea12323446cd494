//! The code from the mail, and the forgotten password.

use leptos::prelude::*;

use crate::components::field::{Field, Refused, form_alert};

/// `account` and `code`: from the link of the mail, whose opening alone does nothing.
#[derive(Clone, Debug, Default)]
pub struct VerifyPage {
    /// Where it went, for who is signed in.
    pub email: Option<String>,
    pub account: Option<String>,
    pub code: String,
    pub folder: Folder,
    pub refused: Refused,
}

/// Where mail goes on a developer's machine, which has no mail server.
pub type Folder = Option<String>;

fn folder_hint(folder: Folder) -> impl IntoView {
    folder.map(|folder| {
        view! {
            <p class="aside">
                "This machine sends no mail, it keeps it in " <code>{folder}</code> ". See it with " <code>"just mail"</code> "."
            </p>
        }
    })
}

impl VerifyPage {
    pub fn view(self) -> impl IntoView {
        let Self { email, account, code, folder, refused } = self;
        let lead = match &email {
            Some(email) => format!(
                "We have sent a code to {email}. Until you type it in nobody sees you, and you can float no balloon."
            ),
            None => "Press the button if it was you who opened an account with this email. If not, leave this page."
                .to_owned(),
        };
        let signed_in = email.is_some();
        view! {
            <div class="account">
                <h1>"Confirm your email"</h1>
                <p class="lead">{lead}</p>
                <form class="stack" method="post" action="/verify" novalidate>
                    {form_alert(&refused)}
                    {account.map(|account| view! { <input type="hidden" name="account" value=account /> })}
                    <Field
                        name="code"
                        label="Code"
                        value=code
                        error=refused.of("code")
                        autocomplete="one-time-code"
                        hint="Ten letters and digits, good for 30 minutes."
                    />
                    <button class="primary wide" type="submit">"Confirm"</button>
                </form>
                {signed_in
                    .then(|| {
                        view! {
                            <form method="post" action="/verify/resend">
                                <p class="aside">
                                    "Nothing came? Look among the unwanted mail, or "
                                    <button class="text-button" type="submit">"send another one"</button>
                                </p>
                            </form>
                            <p class="aside"><a href="/me">"Fill in my profile meanwhile"</a></p>
                            {folder_hint(folder)}
                        }
                    })}
            </div>
        }
    }
}

/// Asks for a code.
#[derive(Clone, Debug, Default)]
pub struct ForgotPage {
    pub email: String,
    pub refused: Refused,
}

impl ForgotPage {
    pub fn view(self) -> impl IntoView {
        let Self { email, refused } = self;
        view! {
            <div class="account">
                <h1>"A new password"</h1>
                <p class="lead">"If there is an account with this email, we send a code to it."</p>
                <form class="stack" method="post" action="/forgot" novalidate>
                    {form_alert(&refused)}
                    <Field name="email" label="Email" kind="email" value=email error=refused.of("email") autocomplete="username" />
                    <button class="primary wide" type="submit">"Send the code"</button>
                </form>
                <p class="aside"><a href="/login">"Back to the log-in"</a></p>
            </div>
        }
    }
}

/// Takes the code and the new password.
#[derive(Clone, Debug, Default)]
pub struct ResetPage {
    pub email: String,
    pub code: String,
    pub folder: Folder,
    pub refused: Refused,
}

impl ResetPage {
    pub fn view(self) -> impl IntoView {
        let Self { email, code, folder, refused } = self;
        view! {
            <div class="account">
                <h1>"A new password"</h1>
                <p class="lead">"The code is in your mail, if there is an account with this email."</p>
                <form class="stack" method="post" action="/reset" novalidate>
                    {form_alert(&refused)}
                    <Field name="email" label="Email" kind="email" value=email error=refused.of("email") autocomplete="username" />
                    <Field name="code" label="Code" value=code error=refused.of("code") autocomplete="one-time-code" />
                    <Field
                        name="password"
                        label="New password"
                        kind="password"
                        error=refused.of("password")
                        autocomplete="new-password"
                        hint="At least 8 characters. You are logged out everywhere."
                    />
                    <button class="primary wide" type="submit">"Change it"</button>
                </form>
                <p class="aside"><a href="/forgot">"Send another code"</a></p>
                {folder_hint(folder)}
            </div>
        }
    }
}
