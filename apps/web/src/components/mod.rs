//! What pages and islands are made of.

pub mod badge;
pub mod brand;
pub mod bubble;
pub mod field;
pub mod icon;
pub mod navigation;
pub mod portrait;
pub mod time;

use leptos::{prelude::*, tachys::html::InertElement};
use maud::Markup;

/// One element that was written as text, in a view.
fn written(element: Markup) -> AnyView {
    InertElement::new(element.into_string()).into_any()
}
