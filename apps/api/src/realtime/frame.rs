//! Frames to clients. A server's frames are not masked (RFC 6455, 5.1), so one encoding serves every socket.

use actix_http::ws::{CloseCode, CloseReason, OpCode, Parser};
use balloond_shared::{ApiError, ErrorCode, event::ServerEvent};
use bytes::{Bytes, BytesMut};

/// A frame header with a 64-bit length.
const HEADER_MAX: usize = 10;

/// The session of the socket ended. 4000 to 4999 are free for applications (RFC 6455, 7.4.2).
pub const SESSION_ENDED: CloseCode = CloseCode::Other(4401);

/// A text, already encoded.
pub fn text(payload: &[u8]) -> Bytes {
    message(payload, OpCode::Text)
}

/// An event.
pub fn event(event: &ServerEvent) -> Bytes {
    text(&serde_json::to_vec(event).unwrap_or_default())
}

/// Several frames as one.
pub fn concat(frames: &[Bytes]) -> Bytes {
    frames.concat().into()
}

pub fn error(code: ErrorCode) -> Bytes {
    let ApiError { code, title, .. } = ApiError::new(code);
    event(&ServerEvent::Error { code, message: title })
}

/// An empty ping.
pub const fn ping() -> Bytes {
    Bytes::from_static(&[0x89, 0])
}

pub fn pong(payload: &[u8]) -> Bytes {
    message(payload, OpCode::Pong)
}

pub fn close(code: CloseCode) -> Bytes {
    let mut frame = BytesMut::new();
    Parser::write_close(&mut frame, Some(CloseReason::from(code)), false);
    frame.freeze()
}

fn message(payload: &[u8], kind: OpCode) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + HEADER_MAX);
    Parser::write_message(&mut frame, payload, kind, true, false);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_whole_unmasked_texts() {
        assert_eq!(text(b"hi")[..], [0x81, 2, b'h', b'i']);
        assert_eq!(ping()[..], message(b"", OpCode::Ping)[..]);
        assert_eq!(close(SESSION_ENDED)[..], [0x88, 2, 0x11, 0x31]);
        assert_eq!(text(&[b'x'; 300])[..4], [0x81, 126, 1, 44]);
    }
}
