//! A small number that asks to be looked at.

use leptos::prelude::*;
use maud::{Markup, html};

use super::written;

/// `what`: as it is read out after the number. With a `name` the browser keeps it current, so it is there, hidden, at nothing too.
pub fn badge(count: i64, what: &'static str, name: Option<&'static str>) -> impl IntoView {
    (count > 0 || name.is_some()).then(|| written(badge_html(count, what, name)))
}

#[must_use]
pub fn badge_html(count: i64, what: &str, name: Option<&str>) -> Markup {
    html! {
        span.badge hidden[count == 0] data-badge=[name] {
            span { (at_most_99(count)) }
            span.hidden { (what) }
        }
    }
}

/// A number that says no more than is useful.
#[must_use]
pub fn at_most_99(count: i64) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}
