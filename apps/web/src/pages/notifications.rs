//! How one is called when one is away.

use balloond_shared::notification::Notifications;
use leptos::prelude::*;

use crate::components::field::{Field, Refused, form_alert};

/// `zones`: the time zones that there are.
pub struct NotificationsPage {
    pub known: Notifications,
    pub zones: &'static [String],
    pub refused: Refused,
}

impl NotificationsPage {
    pub fn view(self) -> impl IntoView {
        let Self { known, zones, refused } = self;
        let Notifications { push_key, push, settings } = known;
        let is_quiet = settings.quiet.is_some();
        let quiet = settings.quiet.unwrap_or_default();
        let (from, until) = if is_quiet { (quiet.from, quiet.until) } else { ("22:00".into(), "08:00".into()) };
        let options: Vec<_> = zones.iter().map(|zone| view! { <option value=zone.as_str() /> }).collect();
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Notifications"</h1>
                <section aria-labelledby="device">
                    <h2 id="device">"This device"</h2>
                    {device(push_key, push)}
                </section>
                <section aria-labelledby="how">
                    <h2 id="how">"How you are called"</h2>
                    <form class="stack" method="post" action="/me/notifications" novalidate>
                        {form_alert(&refused)}
                        <label class="choice">
                            <input type="checkbox" name="shows_text" value="true" checked=settings.shows_text />
                            <span>"Show the beginning of what was written" <br /> <span class="soft">"Otherwise only who wrote. In mails too."</span></span>
                        </label>
                        <label class="choice">
                            <input type="checkbox" name="digest" value="true" checked=settings.digest />
                            <span>"Mail me what waits, once a day at most" <br /> <span class="soft">"When you were away for six hours."</span></span>
                        </label>
                        <fieldset class="choices">
                            <legend>"Quiet hours"</legend>
                            <label class="choice">
                                <input type="checkbox" name="is_quiet" value="true" checked=is_quiet />
                                <span>"Nobody calls me from … until …"</span>
                            </label>
                            <div class="hours">
                                <Field name="from" label="From" kind="time" value=from error=refused.of("quiet.from") required=false />
                                <Field name="until" label="Until" kind="time" value=until error=refused.of("quiet.until") required=false />
                            </div>
                            <div class="field">
                                <label for="time_zone">"Time zone"</label>
                                <input
                                    id="time_zone"
                                    name="time_zone"
                                    list="zones"
                                    value=quiet.time_zone
                                    autocomplete="off"
                                    aria-describedby="time_zone-hint"
                                    aria-invalid=refused.of("quiet.time_zone").map(|_| "true")
                                />
                                <p class="hint" id="time_zone-hint">"Such as Europe/Berlin."</p>
                                {refused.of("quiet.time_zone").map(|error| view! { <p class="error" role="alert">{error}</p> })}
                                <datalist id="zones">{options}</datalist>
                            </div>
                        </fieldset>
                        <button type="submit">"Save"</button>
                    </form>
                </section>
            </div>
        }
    }
}

/// Where the link of a digest leads: a button, or that it was pressed.
pub fn unsubscribed(token: Option<&str>) -> impl IntoView + use<> {
    let token = token.map(str::to_owned);
    view! {
        <div class="account">
            <h1>"No more mails"</h1>
            {match token {
                Some(token) => {
                    view! {
                        <p class="lead">"You get a mail a day at most about what waits for you. Press the button, and there are none."</p>
                        <form method="post" action=format!("/unsubscribe/{token}")>
                            <button class="primary" type="submit">"No more mails"</button>
                        </form>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p class="lead" role="status">"Done: these mails have ended. You can have them again under Notifications."</p>
                        <p><a href="/me/notifications">"Notifications"</a></p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// The forms are sent by the script that asks the browser; without one there is nothing that could be woken.
fn device(push_key: Option<String>, is_on: bool) -> AnyView {
    let Some(key) = push_key else {
        return view! { <p class="soft">"This Balloon’d does not wake browsers."</p> }.into_any();
    };
    if is_on {
        return view! {
            <p class="soft">"It tells you when somebody writes while you are away, once a chat until you read it, and when a balloon comes. Muted chats stay quiet."</p>
            <form method="post" action="/me/push/end" data-push="off">
                <button type="submit">"Do not tell me here"</button>
            </form>
        }
        .into_any();
    }
    view! {
        <p class="soft">"Be told here when somebody writes while you are away, until you log out. Your browser asks you once."</p>
        <form method="post" action="/me/push" data-push="on" data-key=key>
            <input type="hidden" name="endpoint" />
            <input type="hidden" name="p256dh" />
            <input type="hidden" name="auth" />
            <button class="primary" type="submit" disabled>"Tell me here"</button>
            <p class="hint" role="status" data-push-says>"This needs a browser with scripts."</p>
        </form>
    }
    .into_any()
}
