//! What a tab remembers over a reload, gone with the tab; and what the browser keeps when it is closed, gone when its person logs out:
//! a shared computer keeps nobody's words.

use leptos::prelude::window;
use serde::Serialize;

use super::json::{self, Read};

/// `None` where storage is switched off.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

#[must_use]
pub fn load<T: Read>(key: &str) -> Option<T> {
    json::read(&storage()?.get_item(key).ok()??)
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

fn long_storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a value also when the tab is closed.
pub fn keep<T: Serialize>(key: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (long_storage(), serde_json::to_string(value)) {
        let _ = storage.set_item(key, &text);
    }
}

pub fn forget(key: &str) {
    if let Some(storage) = long_storage() {
        let _ = storage.remove_item(key);
    }
}

/// All that is kept under keys that begin like this, in the order of the keys.
#[must_use]
pub fn kept<T: Read>(prefix: &str) -> Vec<T> {
    let Some(storage) = long_storage() else { return Vec::new() };
    let keys = js_sys::Object::keys(&storage).sort();
    let keys = keys.iter().filter_map(|key| key.as_string()).filter(|key| key.starts_with(prefix));
    keys.filter_map(|key| json::read(&storage.get_item(&key).ok()??)).collect()
}
