//! Values that follow others, of few types: the browser gets the code of a type once, where it would get that of every closure.

use leptos::prelude::Signal;

/// Text, of an element or an attribute.
pub fn words(tell: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(tell)
}

/// Whether an attribute or a class is there.
pub fn whether(is: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(is)
}

/// An ARIA state: `true`, or not said.
pub fn state(is: impl Fn() -> bool + Send + Sync + 'static) -> Signal<Option<&'static str>> {
    Signal::derive(move || is().then_some("true"))
}
