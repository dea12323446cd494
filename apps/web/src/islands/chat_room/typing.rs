//! Who is typing, and who is there.

use std::{collections::BTreeMap, time::Duration};

use balloond_shared::{UserId, event::ClientEvent};
use leptos::prelude::*;

use super::room::Room;
use crate::browser::{self, realtime};

/// A sign of typing holds this long.
const HOLDS: Duration = Duration::from_secs(5);

/// Who typed, and the number of their last sign: an older sign's end does not end it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    signs: u64,
    people: BTreeMap<UserId, u64>,
}

impl Room {
    pub fn typing_begins(self, user: UserId) {
        let mut sign = 0;
        self.typing.update(|typing| {
            typing.signs += 1;
            sign = typing.signs;
            typing.people.insert(user, sign);
        });
        set_timeout(
            move || {
                if self.typing.with_untracked(|typing| typing.people.get(&user) == Some(&sign)) {
                    self.typing_ends(user);
                }
            },
            HOLDS,
        );
    }

    pub fn typing_ends(self, user: UserId) {
        if self.typing.with_untracked(|typing| typing.people.contains_key(&user)) {
            self.typing.update(|typing| {
                typing.people.remove(&user);
            });
        }
    }

    /// Who is typing or online, in words. Nothing is said of what is not known.
    pub fn presence_line(self) -> String {
        let people: Vec<_> = self.typing.with(|typing| typing.people.keys().copied().collect());
        match people.as_slice() {
            [] => match self.online.with(|online| online.as_ref().map_or(0, Vec::len)) {
                0 => String::new(),
                _ if !self.is_group => "Online".to_owned(),
                count => format!("{count} online"),
            },
            [user] => format!("{} is typing…", self.name_of(*user)),
            _ => "Several people are typing…".to_owned(),
        }
    }

    /// Tells that its writer is typing, unless that was said a moment ago; answers when it was said last.
    pub fn say_typing(self, said_at: i64) -> i64 {
        let now = browser::now().timestamp_millis();
        if now - said_at < 3000 {
            return said_at;
        }
        realtime::send(&ClientEvent::Typing { chat: self.chat });
        now
    }
}
