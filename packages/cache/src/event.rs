//! What the processes tell each other: one channel, every process hears everything and passes on what concerns the
//! people that are connected to it. A message is one byte for the kind, 16 for the target, then JSON. Where a trace goes on with it, the
//! kind is a capital, and the trace's 55 characters stand before the JSON.

use balloond_shared::traceparent::{TRACEPARENT_LENGTH, Traceparent};
use bytes::Bytes;
use uuid::Uuid;

use crate::{Cache, CacheError};

/// Of all releases: a kind that one does not know it passes over, and payloads only grow.
pub(crate) const CHANNEL: &str = "balloond:events";
const HEADER: usize = 1 + 16;

/// Whom a message is for, and so what its target names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The members of a chat.
    Chat,
    /// Everything that one person has open.
    User,
    /// A signed-in device, whose session ended.
    Session,
    /// One of two people, between whom a block stands from now on, or stands no more. Nobody's socket is told.
    Apart,
}

impl EventKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Chat => b'c',
            Self::User => b'u',
            Self::Session => b's',
            Self::Apart => b'a',
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            b'c' => Some(Self::Chat),
            b'u' => Some(Self::User),
            b's' => Some(Self::Session),
            b'a' => Some(Self::Apart),
            _ => None,
        }
    }
}

/// A message to publish.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub kind: EventKind,
    pub target: Uuid,
    /// Where a trace goes on that is kept. A release that knows of no traces passes over an event that has one.
    pub trace: Option<Traceparent>,
    /// JSON, encoded once and passed on as it is.
    pub payload: &'a [u8],
}

impl Envelope<'_> {
    fn encode(&self) -> Vec<u8> {
        let trace = self.trace.map(|trace| trace.to_string()).unwrap_or_default();
        let mut message = Vec::with_capacity(HEADER + trace.len() + self.payload.len());
        let kind = self.kind.byte();
        message.push(if self.trace.is_some() { kind.to_ascii_uppercase() } else { kind });
        message.extend_from_slice(self.target.as_bytes());
        message.extend_from_slice(trace.as_bytes());
        message.extend_from_slice(self.payload);
        message
    }
}

/// A message that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub kind: EventKind,
    pub target: Uuid,
    pub trace: Option<Traceparent>,
    /// JSON.
    pub payload: Bytes,
}

/// The parts of a message; `None` for a kind that only a newer release knows.
pub(crate) fn decode(message: Vec<u8>) -> Option<Heard> {
    let message = Bytes::from(message);
    let first = *message.first()?;
    let kind = EventKind::from_byte(first.to_ascii_lowercase())?;
    let target = Uuid::from_slice(message.get(1..HEADER)?).ok()?;
    if first.is_ascii_lowercase() {
        return Some(Heard { kind, target, trace: None, payload: message.slice(HEADER..) });
    }
    let end = HEADER + TRACEPARENT_LENGTH;
    let trace = str::from_utf8(message.get(HEADER..end)?).ok().and_then(|text| text.parse().ok());
    Some(Heard { kind, target, trace, payload: message.slice(end..) })
}

impl Cache {
    /// Tells every process; call it after the commit.
    ///
    /// # Errors
    ///
    /// When Redis did not take it: the event is then lost, and found again by whoever asks the database.
    pub async fn publish(&self, event: &Envelope<'_>) -> Result<(), CacheError> {
        // In a cluster to one node alone: PUBLISH would have every node tell all others.
        let verb = if self.0.connections.address().is_cluster() { "SPUBLISH" } else { "PUBLISH" };
        self.0.connections.query(redis::cmd(verb).arg(CHANNEL).arg(event.encode())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for kind in [EventKind::Chat, EventKind::User, EventKind::Session, EventKind::Apart] {
            for trace in [None, Some(Traceparent::begin(1, 2))] {
                let (target, payload) = (Uuid::from_u128(7), b"{}");
                let message = Envelope { kind, target, trace, payload }.encode();
                let heard = Heard { kind, target, trace, payload: Bytes::from_static(payload) };
                assert_eq!(decode(message), Some(heard));
            }
        }
    }

    #[test]
    fn anything_else_is_nothing() {
        for message in [&b""[..], b"c", b"c012345678901234", b"x0123456789012345{}", b"C0123456789012345{}"] {
            assert_eq!(decode(message.to_vec()), None);
        }
    }

    #[test]
    fn a_trace_that_cannot_be_read_takes_no_event_with_it() {
        let message = [b"C0123456789012345", "é".repeat(27).as_bytes(), b" {}"].concat();
        let heard = decode(message).unwrap();
        assert_eq!((heard.trace, heard.payload), (None, Bytes::from_static(b"{}")));
    }
}
