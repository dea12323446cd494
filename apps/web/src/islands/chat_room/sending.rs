//! What the writer sends: shown at once, sent in order, kept also when the tab is closed, repeated until it is known to have arrived.

use std::time::Duration;

use balloond_shared::{
    ClientId, MessageId,
    backoff::backoff_ms,
    chat::{Message, SendMessage},
    outbox::{Delivery, Outbox, Outgoing},
};
use leptos::{prelude::*, task::spawn_local};

use super::room::Room;
use crate::browser::{
    api::{self, Failure},
    storage,
};

impl Room {
    /// Takes what was written, or says why not.
    pub fn send(&'static self, body: &str, reply_to: Option<MessageId>) -> Result<(), String> {
        let message = SendMessage { client_id: ClientId::new(), body: body.trim().to_owned(), reply_to };
        message.parse().map_err(|errors| errors.of("body").unwrap_or_default().to_owned())?;
        self.change_outbox(|outbox| outbox.push(message));
        self.to_the_end();
        self.send_next();
        Ok(())
    }

    /// Sends what waits, one after the other. Called whenever something may have changed for the better.
    pub fn send_next(&'static self) {
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
    fn settle(&'static self, client_id: ClientId, outcome: Result<Message, Failure>) -> bool {
        match outcome {
            Ok(message) => {
                // The message first: its bubble is never without a place.
                self.talk.update(|talk| {
                    talk.failed_tries = 0;
                    talk.timeline.take_message(message);
                });
                self.confirm(client_id);
                self.close_gap();
                true
            }
            Err(failure) if failure.is_passing() => {
                self.change_outbox(|outbox| outbox.requeue(client_id));
                let mut tries = 0;
                self.talk.update(|talk| {
                    tries = talk.failed_tries;
                    talk.failed_tries = tries.saturating_add(1);
                });
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

    pub fn confirm(&self, client_id: ClientId) {
        let is_known = |outbox: &Outbox| outbox.iter().any(|outgoing| outgoing.message.client_id == client_id);
        if self.talk.with_untracked(|talk| is_known(&talk.outbox)) {
            self.discard(client_id);
        }
    }

    pub fn retry(&'static self, client_id: ClientId) {
        self.change_outbox(|outbox| outbox.requeue(client_id));
        self.send_next();
    }

    /// Nothing of it is left to send.
    pub fn discard(&self, client_id: ClientId) {
        storage::forget(&format!("{}{client_id}", self.outbox_key()));
        self.change_outbox(|outbox| outbox.discard(client_id));
    }

    fn change_outbox(&self, change: impl FnOnce(&mut Outbox)) {
        self.talk.update(|talk| change(&mut talk.outbox));
        self.talk.with_untracked(|talk| {
            for outgoing in talk.outbox.iter() {
                storage::keep(&format!("{}{}", self.outbox_key(), outgoing.message.client_id), outgoing);
            }
        });
    }

    /// What a tab left behind. Of what was under way when it was closed, the outcome is not known.
    pub fn left_behind(&self) -> Outbox {
        let again = |outgoing: Outgoing| match outgoing.delivery {
            Delivery::Sending => Outgoing { delivery: Delivery::Waiting, ..outgoing },
            _ => outgoing,
        };
        storage::kept::<Outgoing>(&self.outbox_key()).into_iter().map(again).collect()
    }

    /// What the keys of unsent messages begin with. Each has one of its own, which ends with an id that tells when it was written: so two
    /// tabs of one chat do not write over each other, and what both send is stored once.
    fn outbox_key(&self) -> String {
        format!("outbox:{}:{}:", self.me, self.chat)
    }
}
