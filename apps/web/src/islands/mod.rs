//! What is alive on a page. Each island renders the plain links and forms that work without it.

mod chat_room;
mod derived;
mod float_form;
mod given;
mod photo_manager;

pub use chat_room::ChatRoom;
pub use float_form::FloatForm;
pub use given::Given;
pub use photo_manager::PhotoManager;
