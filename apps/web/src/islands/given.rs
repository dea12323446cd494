//! What the server gives an island to begin with.

use serde::{Deserialize, Serialize, Serializer};

/// An island's first data. `#[island]` writes its props on both sides, though the browser has only just read them: there this
/// writes nothing, and the browser is spared the code.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct Given<T>(pub T);

#[cfg(not(target_arch = "wasm32"))]
impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(target_arch = "wasm32")]
impl<T> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}
