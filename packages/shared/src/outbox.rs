//! What a person sent that the server has not confirmed yet. One message is under way at a time, so that they arrive in the
//! order they were written. Pure: whoever drives it does the sending.

use serde::{Deserialize, Serialize};

use crate::{ClientId, chat::SendMessage};

/// Where an unconfirmed message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Its turn comes when those before it are through.
    Waiting,
    Sending,
    /// Refused; the sentence says why. Goes out again only when its writer says so.
    Failed(String),
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub message: SendMessage,
    pub delivery: Delivery,
}

/// The messages of one chat that are on their way out, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outbox(Vec<Outgoing>);

impl FromIterator<Outgoing> for Outbox {
    fn from_iter<T: IntoIterator<Item = Outgoing>>(outgoing: T) -> Self {
        Self(outgoing.into_iter().collect())
    }
}

impl Outbox {
    pub fn push(&mut self, message: SendMessage) {
        self.0.push(Outgoing { message, delivery: Delivery::Waiting });
    }

    pub fn iter(&self) -> impl Iterator<Item = &Outgoing> {
        self.0.iter()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the next message to send, if none is under way. Failed ones do not hold up the rest.
    pub fn next_to_send(&mut self) -> Option<SendMessage> {
        if self.0.iter().any(|outgoing| outgoing.delivery == Delivery::Sending) {
            return None;
        }
        let next = self.0.iter_mut().find(|outgoing| outgoing.delivery == Delivery::Waiting)?;
        next.delivery = Delivery::Sending;
        Some(next.message.clone())
    }

    /// The server has it: by the answer to the send, or by a live event that was faster.
    pub fn confirm(&mut self, client_id: ClientId) {
        self.0.retain(|outgoing| outgoing.message.client_id != client_id);
    }

    /// The server refused it for good.
    pub fn fail(&mut self, client_id: ClientId, reason: String) {
        self.set(client_id, Delivery::Failed(reason));
    }

    /// It is not known whether it arrived: it goes out again, under the same `client_id`, before those behind it.
    pub fn requeue(&mut self, client_id: ClientId) {
        self.set(client_id, Delivery::Waiting);
    }

    /// Its writer gave it up.
    pub fn discard(&mut self, client_id: ClientId) {
        self.confirm(client_id);
    }

    fn set(&mut self, client_id: ClientId, delivery: Delivery) {
        if let Some(outgoing) = self.0.iter_mut().find(|outgoing| outgoing.message.client_id == client_id) {
            outgoing.delivery = delivery;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> SendMessage {
        SendMessage { client_id: ClientId::new(), body: body.to_owned(), reply_to: None }
    }

    fn outbox(messages: &[&SendMessage]) -> Outbox {
        let mut outbox = Outbox::default();
        for message in messages {
            outbox.push((*message).clone());
        }
        outbox
    }

    #[test]
    fn one_at_a_time_in_order() {
        let (a, b) = (message("a"), message("b"));
        let mut outbox = outbox(&[&a, &b]);
        assert_eq!(outbox.next_to_send(), Some(a.clone()));
        assert_eq!(outbox.next_to_send(), None);
        outbox.confirm(a.client_id);
        assert_eq!(outbox.next_to_send(), Some(b));
    }

    #[test]
    fn an_unknown_outcome_goes_first_again_under_the_same_id() {
        let (a, b) = (message("a"), message("b"));
        let mut outbox = outbox(&[&a, &b]);
        outbox.next_to_send();
        outbox.requeue(a.client_id);
        assert_eq!(outbox.next_to_send(), Some(a));
    }

    #[test]
    fn a_refused_message_stays_visible_and_holds_up_nobody() {
        let (a, b) = (message("a"), message("b"));
        let mut outbox = outbox(&[&a, &b]);
        outbox.next_to_send();
        outbox.fail(a.client_id, "no".to_owned());
        assert_eq!(outbox.next_to_send(), Some(b));
        assert_eq!(outbox.iter().count(), 2);
        outbox.discard(a.client_id);
        assert_eq!(outbox.iter().count(), 1);
    }
}
