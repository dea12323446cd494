//! What the writer sends: shown at once, sent in order, kept also when the tab is closed, repeated until it is known to have arrived.

use std::time::Duration;

use balloond_shared::{
    ClientId, MessageId,
    backoff::backoff_ms,
    chat::{Message, SendMessage},
    outbox::Outbox,
};
use leptos::{prelude::*, task::spawn_local};

use super::room::Room;
use crate::{
    browser::{
        api::{self, Failure},
        storage,
    },
    bubbles::anchor,
    components::bubble::{Mark, mark_html, trouble_html},
};

impl Room {
    /// Takes what was written, or says why not.
    pub fn send(self, body: &str, reply_to: Option<MessageId>) -> Result<(), String> {
        let message = SendMessage { client_id: ClientId::new(), body: body.trim().to_owned(), reply_to };
        message.parse().map_err(|errors| errors.of("body").unwrap_or_default().to_owned())?;
        self.change_outbox(|outbox| outbox.push(message));
        self.to_the_end();
        self.send_next();
        Ok(())
    }

    /// Sends what waits, one after the other. Called whenever something may have changed for the better.
    pub fn send_next(self) {
        let mut next = None;
        self.change_outbox(|outbox| next = outbox.next_to_send());
        let Some(message) = next else { return };
        spawn_local(async move {
            let outcome = api::post::<Message>(&format!("/chats/{}/messages", self.chat), &message).await;
            if self.settle(message.client_id, outcome) {
                self.send_next();
            }
        });
    }

    /// Whether the next one may go out now.
    fn settle(self, client_id: ClientId, outcome: Result<Message, Failure>) -> bool {
        match outcome {
            Ok(message) => {
                self.failed_tries.set(0);
                // The message first: its bubble is never without a place.
                self.timeline.update(|timeline| timeline.take_message(message));
                self.confirm(client_id);
                if self.timeline.with_untracked(balloond_shared::timeline::Timeline::has_gap) {
                    self.catch_up();
                }
                true
            }
            Err(failure) if failure.is_passing() => {
                self.change_outbox(|outbox| outbox.requeue(client_id));
                let tries = self.failed_tries.get_untracked();
                self.failed_tries.set(tries.saturating_add(1));
                let wait = failure.retry_after_ms().unwrap_or_else(|| backoff_ms(tries, js_sys::Math::random()));
                set_timeout(move || self.send_next(), Duration::from_millis(wait.into()));
                false
            }
            Err(failure) => {
                self.change_outbox(|outbox| outbox.fail(client_id, failure.sentence()));
                true
            }
        }
    }

    pub fn confirm(self, client_id: ClientId) {
        if self.outbox.with_untracked(|outbox| outbox.iter().any(|outgoing| outgoing.message.client_id == client_id)) {
            storage::forget(&format!("{}{client_id}", self.outbox_key()));
            self.change_outbox(|outbox| outbox.confirm(client_id));
        }
    }

    pub fn retry(self, client_id: ClientId) {
        self.change_outbox(|outbox| outbox.requeue(client_id));
        self.send_next();
    }

    pub fn discard(self, client_id: ClientId) {
        storage::forget(&format!("{}{client_id}", self.outbox_key()));
        self.change_outbox(|outbox| outbox.discard(client_id));
    }

    fn change_outbox(self, change: impl FnOnce(&mut Outbox)) {
        self.outbox.update(change);
        self.outbox.with_untracked(|outbox| {
            for outgoing in outbox.iter() {
                storage::keep(&format!("{}{}", self.outbox_key(), outgoing.message.client_id), outgoing);
            }
        });
    }

    /// Where a message of one's own stands. What is on its way out counts before what is stored already.
    pub fn mark_of(self, client_id: ClientId) -> Option<Mark> {
        let find = |marks: &Vec<(ClientId, Mark)>| {
            marks.iter().rev().find(|(of, _)| *of == client_id).map(|(_, mark)| mark.clone())
        };
        self.marks.with_untracked(find)
    }

    /// Marks change where they stand: a bubble that came anew would be read out once more. What did not change is left alone, so that a
    /// button in it keeps the focus.
    pub fn keep_marks(self) {
        Effect::new(move |before: Option<Vec<(ClientId, Mark)>>| {
            let (before, now) = (before.unwrap_or_default(), self.marks.get());
            now.iter().filter(|mark| !before.contains(mark)).for_each(|(of, mark)| show(*of, mark));
            now
        });
    }
}

fn show(client_id: ClientId, mark: &Mark) {
    let Some(bubble) = document().get_element_by_id(&anchor(client_id)) else { return };
    for (place, html) in [(".bubble-mark", mark_html(mark)), (".trouble", trouble_html(mark))] {
        if let Ok(Some(place)) = bubble.query_selector(place) {
            place.set_inner_html(&html.0);
        }
    }
}
