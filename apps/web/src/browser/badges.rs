//! The two numbers of the navigation, kept current for all who show them.

use std::cell::OnceCell;

use balloond_shared::{chat::Badges, event::ServerEvent};
use leptos::{
    prelude::{ArcRwSignal, Set},
    task::spawn_local,
};

use super::{api, debounce::Debounce, realtime};

thread_local! {
    static CURRENT: OnceCell<ArcRwSignal<Badges>> = const { OnceCell::new() };
}

/// The numbers, beginning with `rendered`; the first to ask has them kept current.
#[must_use]
pub fn current(rendered: Badges) -> ArcRwSignal<Badges> {
    CURRENT.with(|current| current.get_or_init(|| keep(ArcRwSignal::new(rendered))).clone())
}

/// Asks again whenever something happened that may have changed a number.
fn keep(badges: ArcRwSignal<Badges>) -> ArcRwSignal<Badges> {
    let kept = badges.clone();
    let ask = Debounce::new(300, move || {
        let kept = kept.clone();
        spawn_local(async move {
            if let Ok(now) = api::get("/me/badges").await {
                kept.set(now);
            }
        });
    });
    realtime::listen(move |event| match event {
        ServerEvent::Subscribed { .. } | ServerEvent::Typing { .. } | ServerEvent::Error { .. } => {}
        _ => ask.call(),
    });
    badges
}
