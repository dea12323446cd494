//! Where the reader is: at the end, where new messages simply appear, or further up, where nothing may jump.
//!
//! The log is laid out from its end (`column-reverse`): its `scrollTop` is 0 there and negative above. History that is put on top
//! moves nothing; what comes at the end would, and is made up for.

use balloond_shared::{chat::MarkRead, timeline::Timeline};
use leptos::{prelude::*, task::spawn_local};

use super::room::Room;
use crate::browser::{self, api};

/// Pixels from the end that still count as being there.
const END: i32 = 60;
/// Pixels from the top at which history is asked for, so that it is there before its reader.
const NEAR_TOP: i32 = 600;

impl Room {
    fn is_at_end(&self) -> bool {
        self.log.scroll_top().abs() < END
    }

    /// Does what adds to the end of the log, and keeps a reader who is further up where they are.
    pub fn keep_place(&'static self, of_another: bool, add: impl FnOnce(&mut Timeline)) {
        let log = &self.log;
        let (is_further_up, place, height) = (!self.is_at_end(), log.scroll_top(), log.scroll_height());
        self.merge(add);
        if is_further_up {
            if of_another {
                self.status.update(|status| status.unseen += 1);
            }
            request_animation_frame(move || log.set_scroll_top(place - (log.scroll_height() - height)));
        }
    }

    pub fn to_the_end(&'static self) {
        self.status.update(|status| status.unseen = 0);
        request_animation_frame(|| self.log.set_scroll_top(0));
    }

    pub fn scrolled(&'static self) {
        if self.is_at_end() && self.status.with_untracked(|status| status.unseen > 0) {
            self.status.update(|status| status.unseen = 0);
        }
        let above = self.log.scroll_height() - self.log.client_height() + self.log.scroll_top();
        if above < NEAR_TOP {
            self.load_older();
        }
    }

    /// Tells how far was read, where something new is seen: the page in front, the end in view.
    pub fn tell_read(&'static self) {
        let (newest, read) = self.talk.with_untracked(|talk| (talk.timeline.newest(), talk.timeline.read_by(self.me)));
        let known = read.max(self.told_read.get());
        if newest <= known || !browser::is_visible() || !self.is_at_end() {
            return;
        }
        self.told_read.set(newest);
        spawn_local(async move {
            let body = api::encode(&MarkRead { seq: newest });
            if api::tell("PUT", &format!("/chats/{}/read", self.chat), Some(body)).await.is_err() {
                self.told_read.set(known);
            }
        });
    }
}
