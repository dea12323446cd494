//! `<time>`: written in UTC by the server, put into the reader's zone by the browser.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;
use maud::{Markup, html};
use wasm_bindgen::JsCast;

use super::written;
use crate::{browser, when::Zone};

/// How a moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// `14:05` today, the day's name before.
    Short,
    /// The day's name.
    Day,
}

impl Telling {
    const fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Day => "day",
        }
    }

    fn by_name(name: &str) -> Option<Self> {
        [Self::Short, Self::Day].into_iter().find(|telling| telling.name() == name)
    }

    fn tell(self, zone: Zone, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        match self {
            Self::Short => zone.shortly(at, now),
            Self::Day => zone.day_name(at, now),
        }
    }
}

/// A machine-readable moment.
#[must_use]
fn machine_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A moment on a page.
pub fn moment(at: DateTime<Utc>, telling: Telling, now: DateTime<Utc>) -> impl IntoView {
    written(moment_html(at, telling, now))
}

#[must_use]
pub fn moment_html(at: DateTime<Utc>, telling: Telling, now: DateTime<Utc>) -> Markup {
    html! { time datetime=(machine_time(at)) data-tell=(telling.name()) { (telling.tell(Zone::Utc, at, now)) } }
}

/// Puts every [`moment`] of a part of the page into the reader's zone.
pub fn localise_moments(part: &web_sys::Element, now: DateTime<Utc>) {
    let Ok(moments) = part.query_selector_all("time[data-tell]") else { return };
    for element in (0..moments.length()).filter_map(|index| moments.get(index)?.dyn_into::<web_sys::Element>().ok()) {
        let telling = element.get_attribute("data-tell").and_then(|name| Telling::by_name(&name));
        let at = element.get_attribute("datetime").and_then(|text| browser::moment(&text));
        if let (Some(telling), Some(at)) = (telling, at) {
            element.set_text_content(Some(&telling.tell(Zone::Reader, at, now)));
        }
    }
}
