//! A bar on a terminal, a line now and then elsewhere.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

const WIDTH: usize = 30;
/// Between two lines where nobody watches.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far a piece of work is.
pub struct Progress {
    what: &'static str,
    unit: &'static str,
    total: u64,
    done: u64,
    bytes: u64,
    began: Instant,
    drawn: Instant,
    is_terminal: bool,
}

impl Progress {
    /// `total` may be a guess; 0 when nothing is known.
    pub fn new(what: &'static str, unit: &'static str, total: u64) -> Self {
        let (now, is_terminal) = (Instant::now(), io::stderr().is_terminal());
        Self { what, unit, total, done: 0, bytes: 0, began: now, drawn: now, is_terminal }
    }

    /// So much more is done, which took so many bytes.
    pub fn step(&mut self, done: u64, bytes: u64) {
        self.done += done;
        self.bytes += bytes;
        let wait = if self.is_terminal { Duration::from_millis(100) } else { PATIENCE };
        if self.drawn.elapsed() >= wait {
            self.drawn = Instant::now();
            self.draw(if self.is_terminal { "\r" } else { "" }, if self.is_terminal { "" } else { "\n" });
        }
    }

    /// The last word.
    pub fn end(mut self) {
        self.total = self.done;
        self.draw(if self.is_terminal { "\r" } else { "" }, "\n");
    }

    fn draw(&self, before: &str, after: &str) {
        let total = self.total.max(self.done);
        let filled = usize::try_from(self.done * WIDTH as u64 / total.max(1)).unwrap_or(WIDTH);
        let bar = format!("{:.<WIDTH$}", "#".repeat(filled));
        let rate = self.bytes * 1000 / u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let (size, rate) = (size(self.bytes), self::size(rate));
        let Self { what, unit, done, .. } = self;
        // Nobody to tell is no reason to stop.
        let _ = write!(io::stderr(), "{before}{what:<9} [{bar}] {done} of {total} {unit}, {size}, {rate}/s   {after}");
        let _ = io::stderr().flush();
    }
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes % 1_000_000_000 / 100_000_000),
    }
}
