//! What is alive on a page. Each island renders the plain links and forms that work without it.

#[cfg(any(feature = "ssr", feature = "chat"))]
mod chat_room;
#[cfg(any(feature = "ssr", feature = "forms"))]
mod derived;
#[cfg(any(feature = "ssr", feature = "forms"))]
mod float_form;
#[cfg(any(feature = "ssr", feature = "forms"))]
mod given;
#[cfg(any(feature = "ssr", feature = "forms"))]
mod photo_manager;

#[cfg(any(feature = "ssr", feature = "chat"))]
pub use chat_room::ChatRoom;
#[cfg(any(feature = "ssr", feature = "forms"))]
pub use float_form::FloatForm;
#[cfg(any(feature = "ssr", feature = "forms"))]
pub use given::Given;
#[cfg(any(feature = "ssr", feature = "forms"))]
pub use photo_manager::PhotoManager;
