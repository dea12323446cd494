//! The browser's own functions, behind plain Rust ones. Compiled on the server too, where no island calls them.

pub mod api;
mod badges;
mod catch_news;
pub mod debounce;
pub mod drawn;
mod event;
pub mod json;
mod live;
mod reads;
pub mod realtime;
pub mod storage;
pub mod upload;

use chrono::{DateTime, Utc};
use leptos::prelude::{document, window};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Tells the server what went wrong. The page defines it before the islands are loaded.
    #[wasm_bindgen(js_name = fault)]
    pub fn tell_fault(kind: &str, what: &str);
}

/// Begins what every page of somebody signed in does.
pub fn come_alive() {
    badges::keep_current();
    catch_news::keep_telling();
    live::keep_current();
}

/// What a document says about itself in `<meta name>`.
#[must_use]
pub fn meta(name: &str) -> Option<String> {
    document().query_selector(&format!("meta[name={name}]")).ok().flatten()?.get_attribute("content")
}

/// The clock of this machine.
#[must_use]
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit in an i64")]
    let millis = js_sys::Date::now() as i64;
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// A moment as the server writes it, in RFC 3339; in the browser to the millisecond.
#[must_use]
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    #[cfg(not(target_arch = "wasm32"))]
    return DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    #[cfg(target_arch = "wasm32")]
    {
        let millis = js_sys::Date::parse(text);
        #[expect(clippy::cast_possible_truncation, reason = "as for the clock")]
        (!millis.is_nan()).then(|| DateTime::from_timestamp_millis(millis as i64)).flatten()
    }
}

/// Goes to another page of ours.
pub fn go_to(path: &str) {
    // Refused only for an address that is not one.
    let _ = window().location().assign(path);
}

/// Somebody is looking at the page.
#[must_use]
pub fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Typing happens on glass, where Enter begins a new line and sending is a button.
#[must_use]
pub fn has_coarse_pointer() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}
