//! Who is typing, and who is there.

use std::time::Duration;

use balloond_shared::{UserId, event::ClientEvent};
use leptos::prelude::*;

use super::room::{Room, Status};
use crate::browser::{
    self,
    realtime::{self, Connection},
};

/// A sign of typing holds this long.
const HOLDS: Duration = Duration::from_secs(5);
/// Milliseconds between two signs that one gives.
const GIVEN_EVERY: i64 = 3000;

/// Who typed, and the number of their last sign: an older sign's end does not end it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    signs: u64,
    people: Vec<(UserId, u64)>,
}

impl Typing {
    fn begins(&mut self, user: UserId) -> u64 {
        self.ends(user);
        self.signs += 1;
        self.people.push((user, self.signs));
        self.signs
    }

    fn ends(&mut self, user: UserId) {
        self.people.retain(|(other, _)| *other != user);
    }

    fn is_last(&self, user: UserId, sign: u64) -> bool {
        self.people.contains(&(user, sign))
    }
}

impl Room {
    pub fn typing_begins(&'static self, user: UserId) {
        let mut sign = 0;
        self.status.update(|status| sign = status.typing.begins(user));
        set_timeout(
            move || {
                if self.status.with_untracked(|status| status.typing.is_last(user, sign)) {
                    self.typing_ends(user);
                }
            },
            HOLDS,
        );
    }

    pub fn typing_ends(&self, user: UserId) {
        self.status.update(|status| status.typing.ends(user));
    }

    /// Who is typing or online, in words. Nothing is said of what is not known.
    pub fn presence_line(&self, status: &Status, connection: Connection) -> String {
        let online = status.online.as_ref().filter(|_| connection == Connection::Open);
        match status.typing.people.as_slice() {
            [] => match online.map_or(0, Vec::len) {
                0 => String::new(),
                _ if !self.is_group => "Online".to_owned(),
                count => format!("{count} online"),
            },
            [(user, _)] => format!("{} is typing…", self.name_of(*user)),
            _ => "Several people are typing…".to_owned(),
        }
    }

    /// Tells that its writer is typing, unless that was said a moment ago.
    pub fn say_typing(&self) {
        let now = browser::now().timestamp_millis();
        if now - self.said_typing_at.get() >= GIVEN_EVERY {
            self.said_typing_at.set(now);
            realtime::send(&ClientEvent::Typing { chat: self.chat });
        }
    }
}
