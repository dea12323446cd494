//! What the terminal shows: one line a step, children's lines behind their name, colours only on a terminal.

use std::io::{IsTerminal, Write};
use std::sync::LazyLock;
use std::time::Instant;

static COLOURS: LazyLock<bool> =
    LazyLock::new(|| std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none());

const NAME_WIDTH: usize = 10;

/// Whether the terminal shows colours; children are told through `NO_COLOR` when it does not.
pub fn colours() -> bool {
    *COLOURS
}

/// An ANSI colour code for a child's name.
#[derive(Debug, Clone, Copy)]
pub struct Colour(pub u8);

pub const GREEN: Colour = Colour(32);
pub const YELLOW: Colour = Colour(33);
pub const BLUE: Colour = Colour(34);
pub const MAGENTA: Colour = Colour(35);
pub const CYAN: Colour = Colour(36);

/// Paints text in a colour, when there are colours.
pub fn paint(text: &str, colour: Colour) -> String {
    if colours() { format!("\x1b[{}m{text}\x1b[0m", colour.0) } else { text.to_owned() }
}

/// A closed pipe is no reason to stop the stack, so unlike `println!` this never panics.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// A line of a named part.
pub fn from(name: &str, colour: Colour, text: &str) {
    line(&format!("{} {text}", paint(&format!("{name:<NAME_WIDTH$}│"), colour)));
}

/// A step that is done, with the time it took.
pub fn done(name: &str, what: &str, since: Instant) {
    from(name, GREEN, &format!("{what} ({})", seconds(since)));
}

/// Seconds since an instant, as people read them.
pub fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
