//! A part of the page that the server drew, kept true by the browser.

use leptos::prelude::{Effect, document};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget};

/// Something the server drew, whose parts are found by CSS selectors. What is right already is left alone: it would be read out once
/// more, or lose the focus.
pub struct Drawn(Element);

impl Drawn {
    /// `None` on a page without it.
    #[must_use]
    pub fn find(selector: &str) -> Option<Self> {
        document().query_selector(selector).ok().flatten().map(Self)
    }

    #[must_use]
    pub fn element(&self) -> &Element {
        &self.0
    }

    #[must_use]
    pub fn part(&self, selector: &str) -> Option<Element> {
        self.0.query_selector(selector).ok().flatten()
    }

    pub fn say(&self, selector: &str, words: &str) {
        if let Some(part) = self.part(selector).filter(|part| part.text_content().as_deref() != Some(words)) {
            part.set_text_content(Some(words));
        }
    }

    pub fn show(&self, selector: &str, shown: bool) {
        self.set(selector, "hidden", (!shown).then_some(""));
    }

    /// Sets an attribute, or takes it away.
    pub fn set(&self, selector: &str, attribute: &str, value: Option<&str>) {
        let Some(part) = self.part(selector).filter(|part| part.get_attribute(attribute).as_deref() != value) else {
            return;
        };
        // Refused only for names that no attribute can have.
        let _ = match value {
            Some(value) => part.set_attribute(attribute, value),
            None => part.remove_attribute(attribute),
        };
    }

    /// Hears an event of a part, for as long as the page lives.
    pub fn hear<E: JsCast>(&self, selector: &str, kind: &str, deed: impl Fn(E) + 'static) {
        if let Some(part) = self.part(selector) {
            hear(&part, kind, deed);
        }
    }
}

/// Hears an event for as long as the page lives.
pub fn hear<E: JsCast>(target: &EventTarget, kind: &str, deed: impl Fn(E) + 'static) {
    let deed = Closure::<dyn Fn(Event)>::new(move |event: Event| deed(event.unchecked_into()));
    // Refused only for what is no function.
    let _ = target.add_event_listener_with_callback(kind, deed.as_ref().unchecked_ref());
    deed.forget();
}

/// Does it now, and whenever a signal changed that it reads.
pub fn keep(deed: impl Fn() + 'static) {
    let deed: Box<dyn Fn()> = Box::new(deed);
    Effect::new(move |_| deed());
}
