//! What is alive on a page. Each island renders the plain links and forms that work without it.

mod catch_news;
mod chat_list;
mod chat_room;
mod derived;
mod float_form;
mod given;
mod nav_badge;
mod photo_manager;
mod received_balloons;

pub use catch_news::CatchNews;
pub use chat_list::ChatList;
pub use chat_room::ChatRoom;
pub use float_form::FloatForm;
pub use given::Given;
pub use nav_badge::{Counted, NavBadge};
pub use photo_manager::PhotoManager;
pub use received_balloons::ReceivedBalloons;
