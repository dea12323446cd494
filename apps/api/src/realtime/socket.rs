//! One socket's life: a single task reads, writes and waits. An idle one holds no buffer.

use std::{
    future::poll_fn,
    io,
    rc::Rc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_codec::Decoder;
use actix_http::ws::{CloseCode, Codec, Frame, Item, ProtocolError};
use actix_web::rt::{net::TcpStream, time::timeout};
use bytes::BytesMut;
use futures_util::future::LocalBoxFuture;

use super::{
    frame,
    hub::Hub,
    inbound::{Conduct, Inbound},
    presence,
    session::{End, Session},
};
use crate::extract::Signed;

/// Bytes of a client's text at most.
const TEXT_MAX: usize = 16 * 1024;
/// A client's frame header at most, mask included.
const HEADER_MAX: usize = 14;
const READ_SIZE: usize = 1024;
const READS_AT_ONCE: usize = 16;
/// How long a client has to take its close frame and answer it.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves a socket until it ends. `unread` came with the handshake.
pub async fn serve(hub: Rc<Hub>, signed: Signed, io: TcpStream, unread: BytesMut) {
    let session = hub.enter(&signed);
    let socket = Socket {
        io,
        unread,
        text: BytesMut::new(),
        codec: Codec::new().max_size(TEXT_MAX),
        conduct: Conduct::new(Instant::now()),
        work: None,
        is_blocked: false,
        has_closed: false,
        session: Rc::clone(&session),
        hub: Rc::clone(&hub),
    };
    socket.run().await;
    hub.leave(&session);
}

struct Socket {
    io: TcpStream,
    /// Bytes that make no whole frame yet.
    unread: BytesMut,
    /// The fragments of a text so far.
    text: BytesMut,
    codec: Codec,
    conduct: Conduct,
    /// What the client asked for last; the next is not read before it is done.
    work: Option<LocalBoxFuture<'static, ()>>,
    /// The client takes no more for now.
    is_blocked: bool,
    /// The client sent its close frame, and sends nothing more.
    has_closed: bool,
    session: Rc<Session>,
    hub: Rc<Hub>,
}

/// The connection is gone.
struct Gone;

impl Socket {
    async fn run(mut self) {
        self.take_seats().await;
        loop {
            if self.read().is_err() || self.write().is_err() {
                return;
            }
            match self.session.ending() {
                Some(End::Abort) => return,
                Some(End::Close(_)) => {
                    let _ = timeout(FAREWELL, self.farewell()).await;
                    return;
                }
                None => poll_fn(|cx| self.poll_news(cx)).await,
            }
        }
    }

    /// `ready` promises that everything is heard from then on: nothing is written before.
    async fn take_seats(&self) {
        let mut seated: LocalBoxFuture<'_, ()> = Box::pin(self.hub.attach_memberships(&self.session));
        let seated_or_ending = |cx: &mut Context<'_>| {
            self.session.set_task(cx.waker());
            if self.session.ending().is_some() { Poll::Ready(()) } else { seated.as_mut().poll(cx) }
        };
        poll_fn(seated_or_ending).await;
    }

    /// Ready when there is something to read, to write or to end.
    fn poll_news(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.session.set_task(cx.waker());
        let is_done = self.work.as_mut().is_some_and(|work| work.as_mut().poll(cx).is_ready());
        if is_done {
            self.work = None;
        }
        let can_read = self.work.is_none() && self.io.poll_read_ready(cx).is_ready();
        let can_write =
            if self.is_blocked { self.io.poll_write_ready(cx).is_ready() } else { self.session.has_backlog() };
        let ends = self.session.ending().is_some();
        if is_done || can_read || can_write || ends { Poll::Ready(()) } else { Poll::Pending }
    }

    fn write(&mut self) -> Result<(), Gone> {
        let io = &self.io;
        self.is_blocked = match self.session.write_with(|slices| match slices {
            [slice] => io.try_write(slice),
            slices => io.try_write_vectored(slices),
        }) {
            Ok(()) => false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
            Err(_) => return Err(Gone),
        };
        if !self.is_blocked && self.session.take_lost() {
            presence::tell_again(&self.hub, &self.session);
        }
        Ok(())
    }

    /// Takes what has come, one event at a time.
    fn read(&mut self) -> Result<(), Gone> {
        let mut reads = 0;
        while self.work.is_none() && self.session.ending().is_none() {
            match self.codec.decode(&mut self.unread) {
                Ok(Some(frame)) => self.take(frame),
                Ok(None) if self.unread.len() > TEXT_MAX + HEADER_MAX => self.close(CloseCode::Size),
                // A client that never stops sending does not keep the others of this worker waiting.
                Ok(None) if reads == READS_AT_ONCE => break,
                Ok(None) => {
                    reads += 1;
                    self.unread.reserve(READ_SIZE);
                    match self.io.try_read_buf(&mut self.unread) {
                        Ok(0) => return Err(Gone),
                        Ok(_) => self.session.heard(),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                        Err(_) => return Err(Gone),
                    }
                }
                Err(ProtocolError::Overflow) => self.close(CloseCode::Size),
                Err(_) => self.close(CloseCode::Protocol),
            }
        }
        if self.unread.is_empty() {
            self.unread = BytesMut::new();
        }
        Ok(())
    }

    fn take(&mut self, frame: Frame) {
        match frame {
            Frame::Text(text) => self.take_text(&text),
            Frame::Continuation(Item::FirstText(part) | Item::Continue(part)) => self.take_part(&part),
            Frame::Continuation(Item::Last(part)) => {
                self.take_part(&part);
                let text = std::mem::take(&mut self.text);
                self.take_text(&text);
            }
            Frame::Binary(_) | Frame::Continuation(Item::FirstBinary(_)) => self.close(CloseCode::Unsupported),
            Frame::Ping(payload) => self.session.push(frame::pong(&payload)),
            Frame::Pong(_) => {}
            Frame::Close(_) => {
                self.has_closed = true;
                self.close(CloseCode::Normal);
            }
        }
    }

    fn take_part(&mut self, part: &[u8]) {
        if self.text.len() + part.len() > TEXT_MAX {
            return self.close(CloseCode::Size);
        }
        self.text.extend_from_slice(part);
    }

    fn take_text(&mut self, text: &[u8]) {
        if std::str::from_utf8(text).is_err() {
            return self.close(CloseCode::Invalid);
        }
        match self.conduct.judge(text, Instant::now()) {
            Inbound::Event(event) => {
                let (hub, session) = (Rc::clone(&self.hub), Rc::clone(&self.session));
                self.work = Some(Box::pin(async move { hub.answer(&session, event).await }));
            }
            Inbound::Ignored => {}
            Inbound::Fault(code) => self.session.push(frame::error(code)),
            Inbound::Expelled => self.close(CloseCode::Policy),
        }
    }

    fn close(&self, code: CloseCode) {
        self.session.end(End::Close(code));
    }

    /// Writes the close frame, and waits for the client's: closing first while something of its is unread would reset the
    /// connection, and it might never see the frame.
    async fn farewell(&mut self) {
        while self.session.has_backlog() {
            if self.io.writable().await.is_err() || self.write().is_err() {
                return;
            }
        }
        while !self.has_closed && self.io.readable().await.is_ok() {
            self.unread.reserve(READ_SIZE);
            match self.io.try_read_buf(&mut self.unread) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return,
            }
            while let Ok(Some(frame)) = self.codec.decode(&mut self.unread) {
                self.has_closed |= matches!(frame, Frame::Close(_));
            }
            if self.unread.len() > TEXT_MAX + HEADER_MAX {
                self.unread.clear();
            }
        }
    }
}
