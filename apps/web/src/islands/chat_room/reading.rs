//! Where the reader is: at the end, where new messages simply appear, or further up, where nothing may jump.
//!
//! The log is laid out from its end (`column-reverse`): its `scrollTop` is 0 there and negative above. History that is put on top
//! moves nothing; what comes at the end would, and is made up for.

use balloond_shared::{chat::MarkRead, timeline::Timeline};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, closure::Closure};

use super::room::Room;
use crate::browser::{self, api, debounce::Debounce};

/// Pixels from the end that still count as being there.
const END: i32 = 60;
/// Pixels from the top at which history is asked for, so that it is there before its reader.
const NEAR_TOP: i32 = 600;

fn is_at_end(log: &web_sys::Element) -> bool {
    log.scroll_top().abs() < END
}

impl Room {
    fn log(self) -> Option<web_sys::Element> {
        self.log.get_untracked().map(Into::into)
    }

    /// Does what adds to the end of the log, and keeps a reader who is further up where they are.
    pub fn keep_place(self, of_another: bool, add: impl FnOnce()) {
        let Some(log) = self.log() else { return add() };
        if is_at_end(&log) {
            return add();
        }
        let (place, height) = (log.scroll_top(), log.scroll_height());
        add();
        if of_another {
            self.unseen.update(|unseen| *unseen += 1);
        }
        request_animation_frame(move || log.set_scroll_top(place - (log.scroll_height() - height)));
    }

    pub fn to_the_end(self) {
        self.unseen.set(0);
        request_animation_frame(move || {
            if let Some(log) = self.log() {
                log.set_scroll_top(0);
            }
        });
    }

    pub fn scrolled(self) {
        let Some(log) = self.log() else { return };
        if is_at_end(&log) && self.unseen.get_untracked() > 0 {
            self.unseen.set(0);
        }
        let above = log.scroll_height() - log.client_height() + log.scroll_top();
        if above < NEAR_TOP {
            self.load_older();
        }
    }

    /// Tells how far was read, whenever something new is seen: the page in front, the end in view.
    pub fn watch_reading(self) {
        let tell = std::rc::Rc::new(Debounce::new(250, move || self.tell_read()));
        let (timeline, unseen) = (tell.clone(), tell.clone());
        Effect::new(move |_| {
            self.timeline.track();
            timeline.call();
        });
        Effect::new(move |_| {
            self.unseen.track();
            unseen.call();
        });
        let on_visible = Closure::<dyn Fn()>::new(move || tell.call());
        let _ = document().add_event_listener_with_callback("visibilitychange", on_visible.as_ref().unchecked_ref());
        on_visible.forget();
    }

    fn tell_read(self) {
        let newest = self.timeline.with_untracked(Timeline::newest);
        let known = self.timeline.with_untracked(|timeline| timeline.read_by(self.me)).max(self.told_read.get_value());
        let seen = browser::is_visible() && self.log().is_none_or(|log| is_at_end(&log));
        if !seen || newest <= known {
            return;
        }
        self.told_read.set_value(newest);
        spawn_local(async move {
            let body = api::encode(&MarkRead { seq: newest });
            if api::tell("PUT", &format!("/chats/{}/read", self.chat), Some(body)).await.is_err() {
                self.told_read.set_value(known);
            }
        });
    }
}
