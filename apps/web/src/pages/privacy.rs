//! What one lets others see.

use balloond_shared::privacy::Privacy;
use leptos::prelude::*;

/// The page with the three settings.
pub struct PrivacyPage {
    pub privacy: Privacy,
}

impl PrivacyPage {
    pub fn view(self) -> impl IntoView {
        let Privacy { presence, typing, reading } = self.privacy;
        let choices = [
            ("presence", "That you are online", presence),
            ("typing", "That you are typing", typing),
            ("reading", "How far you have read", reading),
        ];
        let choices: Vec<_> = choices
            .into_iter()
            .map(|(name, words, checked)| {
                view! {
                    <li>
                        <label class="choice">
                            <input type="checkbox" name=name value="true" checked=checked />
                            <span>{words}</span>
                        </label>
                    </li>
                }
            })
            .collect();
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Privacy"</h1>
                <form class="stack" method="post" action="/me/privacy">
                    <fieldset class="choices">
                        <legend>"People in your chats see"</legend>
                        <p class="hint">"What you do not show, you do not see of others either."</p>
                        <ul role="list">{choices}</ul>
                    </fieldset>
                    <button type="submit">"Save"</button>
                </form>
            </div>
        }
    }
}
