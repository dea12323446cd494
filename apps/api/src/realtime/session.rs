//! One socket as the hub sees it: who it belongs to, and what waits to be written to it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{self, IoSlice},
    task::Waker,
    time::{Duration, Instant},
};

use actix_http::ws::CloseCode;
use balloond_domain::Viewer;
use balloond_shared::{ChatId, UserId, event::ServerEvent, privacy::Privacy};
use bytes::{Buf, Bytes};

use super::{frame, measures};

/// Frames that wait for a slow reader at most.
const BACKLOG: usize = 64;
/// Frames written at once at most.
const BATCH: usize = 16;
/// How long a reader may be behind before it is given up.
const STALLED: Duration = Duration::from_secs(30);
/// How long a reader may be silent before it is given up; it is pinged in between.
const SILENT: Duration = Duration::from_secs(60);
const PING_EVERY: Duration = Duration::from_secs(25);

/// How a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After this close frame.
    Close(CloseCode),
    /// At once: nobody reads.
    Abort,
}

/// One socket. Lives on one thread.
pub struct Session {
    pub viewer: Viewer,
    /// When what it was opened with ends by itself.
    until: Option<Instant>,
    /// The chats in whose rooms it has a seat.
    pub chats: RefCell<Vec<ChatId>>,
    /// What its person lets others see, and so what it hears of others. Nothing, until that was read.
    pub privacy: Cell<Privacy>,
    /// Whom a block keeps apart from its person: neither is shown that the other is there.
    apart: RefCell<Vec<UserId>>,
    /// The rooms in which it hears all.
    pub subscriptions: Cell<usize>,
    /// Frames were dropped since it was asked last.
    has_lost: Cell<bool>,
    backlog: RefCell<Backlog>,
    task: Cell<Option<Waker>>,
    heard_at: Cell<Instant>,
    pinged_at: Cell<Instant>,
}

#[derive(Debug, Default)]
struct Backlog {
    frames: VecDeque<Bytes>,
    /// A part of the first frame is out: it has to be finished before another.
    is_partial: bool,
    behind_since: Option<Instant>,
    end: Option<End>,
}

impl Session {
    pub fn new(viewer: Viewer, until: Option<Instant>) -> Self {
        let now = Instant::now();
        Self {
            viewer,
            until,
            chats: RefCell::default(),
            privacy: Cell::new(Privacy { presence: false, typing: false, reading: false }),
            apart: RefCell::default(),
            subscriptions: Cell::new(0),
            has_lost: Cell::new(false),
            backlog: RefCell::default(),
            task: Cell::new(None),
            heard_at: Cell::new(now),
            pinged_at: Cell::new(now),
        }
    }

    pub fn is_apart_from(&self, other: UserId) -> bool {
        self.apart.borrow().contains(&other)
    }

    /// Whom a block keeps apart from its person, all of them.
    pub fn keep_apart_from(&self, people: Vec<UserId>) {
        self.apart.replace(people);
    }

    /// A block stands between its person and another, or stands no more.
    pub fn part(&self, other: UserId, stands: bool) {
        let mut apart = self.apart.borrow_mut();
        apart.retain(|known| *known != other);
        if stands {
            apart.push(other);
        }
    }

    /// Queues a frame. A reader too slow for that loses what waits, and is told to fetch.
    pub fn push(&self, frame: Bytes) {
        let mut backlog = self.backlog.borrow_mut();
        if backlog.end.is_some() {
            return;
        }
        if backlog.frames.len() >= BACKLOG {
            measures::BACKLOGS_LOST.count();
            self.has_lost.set(true);
            backlog.forget();
            backlog.frames.push_back(frame::event(&ServerEvent::Resync { chat: None }));
            backlog.behind_since.get_or_insert_with(Instant::now);
        } else {
            backlog.frames.push_back(frame);
        }
        drop(backlog);
        self.wake();
    }

    /// Ends the socket; the first reason stands.
    pub fn end(&self, end: End) {
        let mut backlog = self.backlog.borrow_mut();
        if backlog.end.is_none() || end == End::Abort {
            if backlog.end.is_none()
                && let End::Close(code) = end
            {
                backlog.forget();
                backlog.frames.push_back(frame::close(code));
            }
            backlog.end = Some(end);
            drop(backlog);
            self.wake();
        }
    }

    pub fn ending(&self) -> Option<End> {
        self.backlog.borrow().end
    }

    /// Whether frames were dropped that nothing brings back but telling them again; once.
    pub fn take_lost(&self) -> bool {
        self.has_lost.take()
    }

    pub fn has_backlog(&self) -> bool {
        !self.backlog.borrow().frames.is_empty()
    }

    /// Writes as much as `write` takes, some frames at a time, until nothing waits or it fails.
    pub fn write_with(&self, mut write: impl FnMut(&[IoSlice<'_>]) -> io::Result<usize>) -> io::Result<()> {
        let mut backlog = self.backlog.borrow_mut();
        while !backlog.frames.is_empty() {
            let written = match backlog.frames.len() {
                1 => write(&[IoSlice::new(backlog.frames.front().map_or(&[], |frame| frame))])?,
                _ => write(&backlog.frames.iter().take(BATCH).map(|frame| IoSlice::new(frame)).collect::<Vec<_>>())?,
            };
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            backlog.advance(written);
        }
        // Idle sockets are the most: they keep no buffer.
        *backlog = Backlog { end: backlog.end, ..Backlog::default() };
        Ok(())
    }

    /// The task to wake when there is something to write.
    pub fn set_task(&self, waker: &Waker) {
        let task = self.task.take().filter(|task| task.will_wake(waker));
        self.task.set(Some(task.unwrap_or_else(|| waker.clone())));
    }

    fn wake(&self) {
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    /// The client gave a sign of life.
    pub fn heard(&self) {
        self.heard_at.set(Instant::now());
    }

    /// Pings a quiet client, gives up a silent or stalled one, and closes what is over.
    pub fn check(&self, now: Instant) {
        if self.until.is_some_and(|until| until <= now) {
            self.end(End::Close(frame::SESSION_ENDED));
        }
        let behind_since = self.backlog.borrow().behind_since;
        let is_stalled = behind_since.is_some_and(|since| now.duration_since(since) > STALLED);
        if is_stalled || now.duration_since(self.heard_at.get()) > SILENT {
            self.end(End::Abort);
        } else if now.duration_since(self.pinged_at.get().max(self.heard_at.get())) >= PING_EVERY {
            self.pinged_at.set(now);
            self.push(frame::ping());
        }
    }
}

impl Backlog {
    /// Drops what waits, but not the rest of a frame that is half out.
    fn forget(&mut self) {
        self.frames.truncate(usize::from(self.is_partial));
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(frame) = self.frames.front_mut() {
            if written < frame.len() {
                self.is_partial |= written > 0;
                frame.advance(written);
                return;
            }
            written -= frame.len();
            self.is_partial = false;
            self.frames.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use balloond_shared::SessionId;

    use super::*;

    fn session() -> Session {
        Session::new(Viewer { user: UserId::new(), session: SessionId::new() }, None)
    }

    fn letter(byte: u8) -> Bytes {
        Bytes::copy_from_slice(&[byte; 4])
    }

    /// All that waits, as a fast reader gets it.
    fn drain(session: &Session) -> Vec<u8> {
        let mut out = Vec::new();
        let write = |slices: &[IoSlice<'_>]| {
            slices.iter().for_each(|slice| out.extend_from_slice(slice));
            Ok(slices.iter().map(|slice| slice.len()).sum())
        };
        session.write_with(write).unwrap();
        out
    }

    /// A reader that takes `room` bytes, then blocks.
    fn take(session: &Session, mut room: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let blocked = session.write_with(|slices| {
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).take(room).collect();
            if bytes.is_empty() {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            room -= bytes.len();
            out.extend_from_slice(&bytes);
            Ok(bytes.len())
        });
        assert_eq!(blocked.unwrap_err().kind(), io::ErrorKind::WouldBlock);
        out
    }

    #[test]
    fn frames_go_out_in_order_across_partial_writes() {
        let session = session();
        for byte in b"abc" {
            session.push(letter(*byte));
        }
        assert_eq!(take(&session, 6), b"aaaabb");
        session.push(letter(b'd'));
        assert_eq!(drain(&session), b"bbccccdddd");
        assert!(!session.has_backlog());
    }

    #[test]
    fn a_slow_reader_loses_its_backlog_but_no_half_frame_and_is_told_to_fetch() {
        let session = session();
        session.push(letter(b'a'));
        assert_eq!(take(&session, 1), b"a");
        for _ in 0..BACKLOG {
            session.push(letter(b'b'));
        }
        let resync = frame::event(&ServerEvent::Resync { chat: None });
        assert_eq!(drain(&session), [b"aaa".as_slice(), &resync].concat());
        assert!(session.take_lost() && !session.take_lost());
        session.push(letter(b'c'));
        assert_eq!(drain(&session), b"cccc");
    }

    #[test]
    fn an_ending_says_only_its_reason() {
        let session = session();
        session.push(letter(b'a'));
        session.end(End::Close(CloseCode::Restart));
        session.end(End::Close(CloseCode::Policy));
        session.push(letter(b'b'));
        assert_eq!(drain(&session), frame::close(CloseCode::Restart));
    }

    #[test]
    fn who_stays_behind_or_silent_is_given_up_and_the_quiet_are_pinged() {
        let now = Instant::now();
        let quiet = session();
        quiet.check(now + Duration::from_secs(24));
        assert!(!quiet.has_backlog());
        quiet.check(now + Duration::from_secs(26));
        quiet.check(now + Duration::from_secs(31));
        assert_eq!(drain(&quiet), frame::ping());
        quiet.check(now + Duration::from_secs(61));
        assert_eq!(quiet.ending(), Some(End::Abort));

        let over = Session::new(quiet.viewer, Some(now + Duration::from_secs(3)));
        over.check(now + Duration::from_secs(2));
        assert_eq!(over.ending(), None);
        over.check(now + Duration::from_secs(3));
        assert_eq!(over.ending(), Some(End::Close(frame::SESSION_ENDED)));

        let slow = session();
        (0..=BACKLOG).for_each(|_| slow.push(letter(b'a')));
        slow.check(Instant::now() + Duration::from_secs(29));
        assert_eq!(slow.ending(), None);
        slow.check(Instant::now() + Duration::from_secs(31));
        assert_eq!(slow.ending(), Some(End::Abort));
    }
}
