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
    begin_reactive_system();
    if let Some(page) = leptos::prelude::document().document_element() {
        components::time::localise_moments(&page, browser::now());
    }
    browser::come_alive();
}

/// What `leptos::mount::hydrate_islands` does, without the context for what a server streams: our pages come whole.
#[cfg(feature = "hydrate")]
fn begin_reactive_system() {
    use any_spawner::Executor;
    use leptos::prelude::Owner;

    // Refused only when it was done already.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new_root(None);
    owner.set();
    // It lives as long as the page.
    std::mem::forget(owner);
}
