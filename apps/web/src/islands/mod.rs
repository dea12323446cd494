//! What is alive on a page. Each island renders the plain links and forms that work without it.

mod chat_list;
mod chat_room;
mod float_form;
mod navigation;
mod photo_manager;
mod received_balloons;

pub use chat_list::ChatList;
pub use chat_room::ChatRoom;
pub use float_form::FloatForm;
pub use navigation::{Navigation, Section};
pub use photo_manager::PhotoManager;
pub use received_balloons::ReceivedBalloons;
