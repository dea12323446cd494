//! The two numbers of the navigation, and their sum in the page's title, kept current.

use balloond_shared::chat::Badges;
use leptos::{prelude::document, task::spawn_local};

use super::{api, debounce::Debounce, realtime};
use crate::components::badge::at_most_99;

const WAIT_MS: u64 = 300;

/// Asks again whenever something happened that may have changed a number.
pub fn keep_current() {
    let ask = Debounce::new(WAIT_MS, || {
        spawn_local(async {
            if let Ok(badges) = api::get::<Badges>("/me/badges").await {
                show("balloons", badges.balloons);
                show("chats", badges.chats);
                count_in_title(badges.balloons + badges.chats);
            }
        });
    });
    realtime::listen(move |heard| {
        if !matches!(heard.kind.as_str(), "subscribed" | "typing" | "presence" | "error") {
            ask.call();
        }
    });
}

fn show(name: &str, count: i64) {
    let Ok(Some(badge)) = document().query_selector(&format!("[data-badge={name}]")) else { return };
    // Refused only for names that no attribute can have.
    let _ = badge.toggle_attribute_with_force("hidden", count == 0);
    if let Some(number) = badge.first_element_child() {
        number.set_text_content(Some(&at_most_99(count)));
    }
}

fn count_in_title(waiting: i64) {
    let title = document().title();
    let counted = title.strip_prefix('(').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let plain = counted.and_then(|rest| rest.strip_prefix(") ")).unwrap_or(&title);
    document().set_title(&if waiting > 0 { format!("({waiting}) {plain}") } else { plain.to_owned() });
}
