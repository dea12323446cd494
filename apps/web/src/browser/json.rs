//! JSON, read by the names of its parts. What serde derives for reading is by far the largest part of a small wasm, as every type gets
//! a reader of its own for every form that it may come in; here a type says what its parts are called, and the browser's own parser
//! does the rest.

use chrono::{DateTime, Utc};

/// What can be read of JSON; as strict as what serde derives: a part that is there has to be right.
pub trait Read: Sized {
    fn read(json: &Json) -> Option<Self>;
}

/// Reads a text.
#[must_use]
pub fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&Json::parse(text)?)
}

/// A value.
pub struct Json(value::Value);

impl Json {
    /// A part of an object, which has to be there.
    #[must_use]
    pub fn get<T: Read>(&self, name: &str) -> Option<T> {
        T::read(&self.part(name)?)
    }

    /// A part that may be absent or `null`; `None` when it is there but wrong.
    #[must_use]
    pub fn maybe<T: Read>(&self, name: &str) -> Option<Option<T>> {
        match self.part(name) {
            Some(part) => T::read(&part).map(Some),
            None => Some(None),
        }
    }
}

/// As the browser has it.
#[cfg(target_arch = "wasm32")]
mod value {
    use js_sys::{Array, JSON, Reflect};

    use super::Json;

    pub type Value = wasm_bindgen::JsValue;

    impl Json {
        pub(super) fn parse(text: &str) -> Option<Self> {
            JSON::parse(text).ok().map(Self)
        }

        /// `None` also for `null`.
        #[must_use]
        pub fn part(&self, name: &str) -> Option<Self> {
            Reflect::get(&self.0, &name.into()).ok().filter(|part| !part.is_undefined() && !part.is_null()).map(Self)
        }

        pub(super) fn text(&self) -> Option<String> {
            self.0.as_string()
        }

        pub(super) fn number(&self) -> Option<f64> {
            self.0.as_f64()
        }

        pub(super) fn truth(&self) -> Option<bool> {
            self.0.as_bool()
        }

        pub(super) fn items(&self) -> Option<Vec<Self>> {
            Array::is_array(&self.0).then(|| Array::from(&self.0).iter().map(Self).collect())
        }
    }
}

/// The same for tests, which run without a browser.
#[cfg(not(target_arch = "wasm32"))]
mod value {
    use super::Json;

    pub type Value = serde_json::Value;

    impl Json {
        pub(super) fn parse(text: &str) -> Option<Self> {
            serde_json::from_str(text).ok().map(Self)
        }

        #[must_use]
        pub fn part(&self, name: &str) -> Option<Self> {
            self.0.get(name).filter(|part| !part.is_null()).cloned().map(Self)
        }

        pub(super) fn text(&self) -> Option<String> {
            self.0.as_str().map(str::to_owned)
        }

        pub(super) fn number(&self) -> Option<f64> {
            self.0.as_f64()
        }

        pub(super) fn truth(&self) -> Option<bool> {
            self.0.as_bool()
        }

        pub(super) fn items(&self) -> Option<Vec<Self>> {
            self.0.as_array().map(|items| items.iter().cloned().map(Self).collect())
        }
    }
}

impl Read for String {
    fn read(json: &Json) -> Option<Self> {
        json.text()
    }
}

impl Read for bool {
    fn read(json: &Json) -> Option<Self> {
        json.truth()
    }
}

impl Read for i64 {
    /// JavaScript's numbers are whole up to 2^53, further than any count of ours.
    fn read(json: &Json) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "what has a fraction or is too large is not taken")]
        json.number().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as Self)
    }
}

impl Read for i32 {
    fn read(json: &Json) -> Option<Self> {
        i64::read(json)?.try_into().ok()
    }
}

impl Read for DateTime<Utc> {
    fn read(json: &Json) -> Option<Self> {
        super::moment(&json.text()?)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        json.items()?.iter().map(T::read).collect()
    }
}
