//! Floating somebody a balloon, in place.

use balloond_shared::{
    Note, UserId,
    balloon::{FloatBalloon, LIFETIME_DAYS},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::derived::{state, whether, words};
use crate::{
    browser::api,
    components::{
        field::{live_error, textarea_content},
        icon::{Icon, icon},
    },
};

/// A note's length at most.
const MAX: i64 = Note::MAX as i64;

/// What is left of a note's characters, below nothing when it is too long.
fn left(note: &str) -> i64 {
    let length = i64::try_from(note.trim().chars().count()).unwrap_or(i64::MAX);
    MAX.saturating_sub(length)
}

/// `note` and `error`: what was typed before, and why it was refused.
#[island]
pub fn FloatForm(to: UserId, name: String, note: String, error: Option<String>) -> impl IntoView {
    let text = RwSignal::new(note.clone());
    let error = RwSignal::new(error);
    let sending = RwSignal::new(false);
    let sent = RwSignal::new(false);

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        let request = FloatBalloon { to, note: text.get_untracked() };
        if let Err(refused) = request.parse() {
            error.set(refused.of("note").map(str::to_owned));
            return;
        }
        sending.set(true);
        error.set(None);
        spawn_local(async move {
            match api::tell("POST", "/balloons", Some(api::encode(&request))).await {
                Ok(()) => sent.set(true),
                Err(failure) => error.set(Some(failure.sentence())),
            }
            sending.set(false);
        });
    };

    let described = words(move || described_by(error.with(Option::is_some)).to_owned());
    let done = words(move || {
        let is_up = sent.get().then(|| format!("Your balloon is up. It floats for {LIFETIME_DAYS} days."));
        is_up.unwrap_or_default()
    });
    view! {
        <div class="float" class:sent=whether(move || sent.get())>
            <form class="float-form" method="post" action=format!("/people/{to}/balloon") on:submit=submit novalidate>
                <label for="note">{format!("Your note to {name}")}</label>
                <textarea
                    id="note"
                    name="note"
                    rows="4"
                    required
                    aria-describedby=described
                    aria-invalid=state(move || error.with(Option::is_some))
                    on:input=move |event| text.set(event_target_value(&event))
                >
                    {textarea_content(&note)}
                </textarea>
                {live_error(error, Some("note-error".to_owned()))}
                <div class="float-foot">
                    <p class="count" id="note-left" class:over=whether(move || left(&text.get()) < 0)>
                        {words(move || text.with(|text| remaining(text)))}
                    </p>
                    <button class="primary" type="submit" aria-disabled=state(move || sending.get())>
                        {words(move || if sending.get() { "Letting go…" } else { "Float it" }.to_owned())}
                    </button>
                </div>
            </form>
            <p class="float-done" role="status">
                <span class="float-rising" hidden=whether(move || !sent.get())>
                    {icon(Icon::Balloon)}
                </span>
                {done}
            </p>
        </div>
    }
}

const fn described_by(refused: bool) -> &'static str {
    if refused { "note-left note-error" } else { "note-left" }
}

/// Said in words only where it becomes tight.
fn remaining(note: &str) -> String {
    match left(note) {
        left if left < 0 => format!("{} too many", -left),
        MAX => format!("{MAX} characters"),
        left => format!("{left} left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted_as_the_rule_counts() {
        assert_eq!(remaining(""), "280 characters");
        assert_eq!(remaining("  é \n"), "279 left");
        assert_eq!(remaining(&"é".repeat(280)), "0 left");
        assert_eq!(remaining(&"é".repeat(283)), "3 too many");
        assert!(Note::parse(&"é".repeat(280)).is_ok() && Note::parse(&"é".repeat(281)).is_err());
    }
}
