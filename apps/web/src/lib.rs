//! The pages of Balloon'd. `ssr` is the server that renders them; `hydrate` is what runs in the browser: the islands and no more.

// A view's type holds the types of all views in it.
#![recursion_limit = "256"]

pub mod browser;
pub mod bubbles;
pub mod components;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(any(feature = "ssr", feature = "chat"))]
pub mod talk;
pub mod when;

/// Called by the page's loader before it brings the islands to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| browser::tell_fault("panic", &panic.to_string())));
    leptos::mount::hydrate_islands();
    if let Some(page) = leptos::prelude::document().document_element() {
        components::time::localise_moments(&page, browser::now());
    }
    browser::come_alive();
}
