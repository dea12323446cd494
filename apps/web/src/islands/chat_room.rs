//! A chat that is open: its messages live, its composer, what is on its way out. The server draws the room (`pages::room`), and this
//! keeps it true.

mod composer;
mod log;
mod menu;
mod reading;
mod room;
mod sending;
mod typing;

use leptos::prelude::*;

use self::room::Room;
use crate::browser::drawn::keep;

/// Stands beside the room that it brings to life.
#[island]
pub fn ChatRoom() -> impl IntoView {
    keep(|| {
        if let Some(room) = Room::find() {
            room.come_alive();
        }
    });
}
