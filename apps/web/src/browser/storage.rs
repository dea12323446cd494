//! What a tab remembers over a reload. Gone with the tab: a shared computer keeps nobody's words.

use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};

/// `None` where storage is switched off.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

#[must_use]
pub fn load<T: DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&storage()?.get_item(key).ok()??).ok()
}

/// Forgets the key when there is nothing to remember. A full storage costs the memory of it, nothing else.
pub fn save<T: Serialize>(key: &str, value: Option<&T>) {
    let Some(storage) = storage() else { return };
    let text = value.and_then(|value| serde_json::to_string(value).ok());
    let _ = match text {
        Some(text) => storage.set_item(key, &text),
        None => storage.remove_item(key),
    };
}
