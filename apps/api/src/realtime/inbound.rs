//! Reading a client's texts, and how much of them is too much.

use std::time::{Duration, Instant};

use balloond_shared::{ChatId, ErrorCode, event::ClientEvent};

/// Events that a client may send at once, and how long until it may send one more.
const BURST: u32 = 60;
const REFILL: Duration = Duration::from_millis(100);
/// Faults until a client is sent away.
const FAULTS: u8 = 20;
/// A chat hears of a person's typing at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(2);

/// What came of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbound {
    Event(ClientEvent),
    /// Nothing to do: said a moment ago.
    Ignored,
    /// To be told.
    Fault(ErrorCode),
    /// One fault too many.
    Expelled,
}

/// One client's record.
#[derive(Debug)]
pub struct Conduct {
    faults: u8,
    /// When the bucket of events is full again (GCRA).
    full_at: Instant,
    typing: Vec<(ChatId, Instant)>,
}

impl Conduct {
    pub const fn new(now: Instant) -> Self {
        Self { faults: 0, full_at: now, typing: Vec::new() }
    }

    pub fn judge(&mut self, text: &[u8], now: Instant) -> Inbound {
        let full_at = self.full_at.max(now) + REFILL;
        if full_at > now + REFILL * BURST {
            return self.fault(ErrorCode::RateLimited);
        }
        self.full_at = full_at;
        match serde_json::from_slice(text) {
            Ok(ClientEvent::Typing { chat }) if self.typed_just_now(chat, now) => Inbound::Ignored,
            Ok(event) => Inbound::Event(event),
            Err(_) => self.fault(ErrorCode::Malformed),
        }
    }

    pub fn fault(&mut self, code: ErrorCode) -> Inbound {
        self.faults = self.faults.saturating_add(1);
        if self.faults > FAULTS { Inbound::Expelled } else { Inbound::Fault(code) }
    }

    fn typed_just_now(&mut self, chat: ChatId, now: Instant) -> bool {
        self.typing.retain(|(_, at)| now.duration_since(*at) < TYPING_EVERY);
        let just_now = self.typing.iter().any(|(typed, _)| *typed == chat);
        if !just_now {
            self.typing.push((chat, now));
        }
        just_now
    }
}

#[cfg(test)]
mod tests {
    use actix_codec::{Decoder, Encoder};
    use actix_http::ws::{Codec, Frame, Message};
    use bytes::BytesMut;
    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::*;

    fn text(event: ClientEvent) -> Vec<u8> {
        serde_json::to_vec(&event).unwrap()
    }

    #[test]
    fn reads_events_and_refuses_the_rest_until_enough_is_enough() {
        let now = Instant::now();
        let mut conduct = Conduct::new(now);
        let event = ClientEvent::Subscribe { chat: ChatId::new(), since: 4 };
        assert_eq!(conduct.judge(&text(event), now), Inbound::Event(event));
        for _ in 0..FAULTS {
            assert_eq!(conduct.judge(br#"{"type": "shout"}"#, now), Inbound::Fault(ErrorCode::Malformed));
        }
        assert_eq!(conduct.judge(b"nonsense", now), Inbound::Expelled);
    }

    #[test]
    fn a_flood_is_a_fault_and_ebbs() {
        let now = Instant::now();
        let mut conduct = Conduct::new(now);
        let event = ClientEvent::Unsubscribe { chat: ChatId::new() };
        for _ in 0..BURST {
            assert_eq!(conduct.judge(&text(event), now), Inbound::Event(event));
        }
        assert_eq!(conduct.judge(&text(event), now), Inbound::Fault(ErrorCode::RateLimited));
        assert_eq!(conduct.judge(&text(event), now + REFILL), Inbound::Event(event));
    }

    #[test]
    fn typing_is_said_once_in_two_seconds_a_chat() {
        let now = Instant::now();
        let mut conduct = Conduct::new(now);
        let [here, there] = [ClientEvent::Typing { chat: ChatId::new() }, ClientEvent::Typing { chat: ChatId::new() }];
        assert_eq!(conduct.judge(&text(here), now), Inbound::Event(here));
        assert_eq!(conduct.judge(&text(here), now + Duration::from_secs(1)), Inbound::Ignored);
        assert_eq!(conduct.judge(&text(there), now + Duration::from_secs(1)), Inbound::Event(there));
        assert_eq!(conduct.judge(&text(here), now + Duration::from_secs(2)), Inbound::Event(here));
    }

    proptest! {
        /// Whatever a stranger sends over a socket, it is an event, a fault or the end.
        #[test]
        fn changed_frames_do_no_harm(
            changes in vec((any::<Index>(), any::<u8>()), 0..12), cut in any::<Index>(), noise in vec(any::<u8>(), 0..64)
        ) {
            let mut bytes = BytesMut::new();
            let mut client = Codec::new().client_mode();
            let chat = ChatId::new();
            for event in [
                ClientEvent::Subscribe { chat, since: 4 }, ClientEvent::Typing { chat }, ClientEvent::Unsubscribe { chat },
            ] {
                client.encode(Message::Text(String::from_utf8(text(event)).unwrap().into()), &mut bytes).unwrap();
            }
            client.encode(Message::Ping("still there".into()), &mut bytes).unwrap();
            for (index, byte) in changes {
                *index.get_mut(&mut bytes) = byte;
            }
            bytes.truncate(cut.index(bytes.len() + 1));
            bytes.extend_from_slice(&noise);
            let (now, length) = (Instant::now(), bytes.len());
            let (mut conduct, mut server) = (Conduct::new(now), Codec::new().max_size(1024));
            while let Ok(Some(frame)) = server.decode(&mut bytes) {
                if let Frame::Text(text) = frame {
                    prop_assert!(text.len() <= 1024);
                    conduct.judge(&text, now);
                }
            }
            prop_assert!(bytes.len() <= length);
            conduct.judge(&noise, now);
        }
    }
}
