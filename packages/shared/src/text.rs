//! The validated texts. A value of such a type was trimmed, normalised where it matters and fits its bounds; lengths are
//! counted in Unicode scalar values, as Postgres' `char_length` does.

use std::fmt;

use serde::Serialize;

use crate::error::Fault;

/// Control characters have no place in a text; line breaks and tabs only where lines are wanted.
/// The direction overrides (U+202A…U+202E, U+2066…U+2069) let one text dress up as another.
fn is_forbidden(c: char, lines: bool) -> bool {
    let allowed = lines && matches!(c, '\n' | '\t');
    (c.is_control() && !allowed) || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Seen as nothing by a reader: spaces and the zero-width characters.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{3164}' | '\u{00AD}')
}

/// `\r\n` and `\r` end a line as `\n` does.
fn with_line_feeds(text: &str) -> String {
    let mut lines = text.split('\r');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        out.push_str(line.strip_prefix('\n').unwrap_or(line));
    }
    out
}

fn parse(text: &str, what: &str, min: usize, max: usize, lines: bool) -> Result<String, Fault> {
    let text = with_line_feeds(text);
    let text = text.trim();
    if min > 0 && text.chars().all(is_blank) {
        return Err(Fault::new("required", format!("{what} is needed.")));
    }
    if text.chars().any(|c| is_forbidden(c, lines)) {
        return Err(Fault::new("not_allowed", format!("{what} has a character that cannot be used here.")));
    }
    let length = text.chars().count();
    if length < min {
        return Err(Fault::new("too_short", format!("{what} needs at least {min} characters.")));
    }
    if length > max {
        return Err(Fault::new("too_long", format!("{what} can have at most {max} characters; this has {length}.")));
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $min:literal..=$max:literal, lines: $lines:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Characters at least.
            pub const MIN: usize = $min;
            /// Characters at most.
            pub const MAX: usize = $max;

            /// Trims, then checks length and characters.
            pub fn parse(text: &str) -> Result<Self, Fault> {
                parse(text, $what, $min, $max, $lines).map(Self)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// The name that others see.
    DisplayName, "A name", 1..=50, lines: false
);
text!(
    /// What a person says about themselves; may be empty.
    Bio, "The text about you", 0..=1000, lines: true
);
text!(
    /// One thing a person likes; compared in lower case.
    Interest, "An interest", 1..=30, lines: false
);
text!(
    /// A word or a few that somebody does not want to read in a balloon; compared in lower case.
    HiddenWord, "A hidden word", 1..=40, lines: false
);
text!(
    /// A balloon's note.
    Note, "The note", 1..=280, lines: true
);
text!(
    /// What somebody adds to a report; may be empty.
    ReportWords, "What you add", 0..=1000, lines: true
);
text!(
    /// Why somebody who looks after the place did something.
    DecisionReason, "A reason", 1..=1000, lines: true
);
text!(
    /// What somebody says against their suspension.
    AppealWords, "What you say", 1..=2000, lines: true
);
text!(
    /// A group's title.
    GroupTitle, "A title", 1..=80, lines: false
);
text!(
    /// What somebody calls a token or a passkey of theirs.
    Label, "A name", 1..=60, lines: false
);
text!(
    /// A chat message.
    MessageBody, "A message", 1..=4000, lines: true
);

/// One emoji, as Unicode Technical Standard 51 builds them: a picture with its variations, some of them joined, a flag, or a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Emoji(String);

impl Emoji {
    /// Joined pictures at most.
    const JOINED: usize = 4;

    pub fn parse(text: &str) -> Result<Self, Fault> {
        let is_one = Self::is_flag(text) || Self::is_joined(text);
        if is_one { Ok(Self(text.to_owned())) } else { Err(Fault::new("not_allowed", "A reaction is one emoji.")) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_joined(text: &str) -> bool {
        let mut rest = text.chars().peekable();
        for _ in 0..Self::JOINED {
            if !Self::take_picture(&mut rest) {
                return false;
            }
            if rest.next_if_eq(&'\u{200D}').is_none() {
                return rest.next().is_none();
            }
        }
        false
    }

    fn is_flag(text: &str) -> bool {
        text.chars().count() == 2 && text.chars().all(|c| matches!(c, '\u{1F1E6}'..='\u{1F1FF}'))
    }

    fn is_picture(c: char) -> bool {
        matches!(c,
            '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21AA}'
            | '\u{231A}'..='\u{23FF}' | '\u{25AA}'..='\u{27BF}' | '\u{2934}'..='\u{2935}' | '\u{2B05}'..='\u{2B55}'
            | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F004}'..='\u{1F19A}' | '\u{1F201}'..='\u{1F3FA}'
            | '\u{1F400}'..='\u{1FAFF}')
    }

    /// A picture with its variation, skin tone or tags; or a key.
    fn take_picture(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
        if rest.next_if(|c| matches!(c, '0'..='9' | '#' | '*')).is_some() {
            rest.next_if_eq(&'\u{FE0F}');
            return rest.next_if_eq(&'\u{20E3}').is_some();
        }
        if rest.next_if(|c| Self::is_picture(*c)).is_none() {
            return false;
        }
        rest.next_if_eq(&'\u{FE0F}');
        rest.next_if(|c| matches!(c, '\u{1F3FB}'..='\u{1F3FF}'));
        let mut tags = 0;
        while rest.next_if(|c| matches!(c, '\u{E0020}'..='\u{E007F}')).is_some() {
            tags += 1;
        }
        tags <= 7
    }
}

/// An email address, lower-cased: two spellings of one mailbox are one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of them the angle brackets.
    pub const MAX: usize = 254;

    /// Checks the shape that the HTML standard's `input type=email` checks, with a dot in the domain besides.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::new("required", "An email address is needed."));
        }
        if text.len() > Self::MAX {
            return Err(Fault::new("too_long", "An email address can have at most 254 characters."));
        }
        let malformed = || Fault::new("malformed", "An email address looks like name@example.com.");
        let (local, domain) = text.rsplit_once('@').ok_or_else(malformed)?;
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b));
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !local_fits || !domain.contains('.') || !domain.split('.').all(label_fits) {
            return Err(malformed());
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password as typed. Never trimmed, never shown: `Debug` redacts it and it has no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// NIST SP 800-63B-4, 3.1.1.2, with a password as one of several ways to sign in.
    pub const MIN: usize = 8;
    /// Bounds the work of hashing; far above the 64 that NIST asks for.
    pub const MAX: usize = 128;

    pub fn parse(text: &str) -> Result<Self, Fault> {
        let length = text.chars().count();
        if length == 0 {
            return Err(Fault::new("required", "A password is needed."));
        }
        if length < Self::MIN {
            return Err(Fault::new("too_short", format!("A password needs at least {} characters.", Self::MIN)));
        }
        if length > Self::MAX {
            return Err(Fault::new("too_long", format!("A password can have at most {} characters.", Self::MAX)));
        }
        Ok(Self(text.to_owned()))
    }

    /// The password itself, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: fmt::Debug>(parsed: Result<T, Fault>) -> &'static str {
        parsed.unwrap_err().code
    }

    #[test]
    fn a_text_is_trimmed_and_keeps_its_lines() {
        assert_eq!(Note::parse("  hello\r\nyou \n").unwrap().as_str(), "hello\nyou");
    }

    #[test]
    fn lengths_are_counted_in_characters_not_bytes() {
        assert!(Note::parse(&"é".repeat(280)).is_ok());
        assert_eq!(code(Note::parse(&"é".repeat(281))), "too_long");
    }

    #[test]
    fn what_nobody_can_see_is_empty() {
        assert_eq!(code(Note::parse(" \u{200B}\u{200D}\n")), "required");
        assert_eq!(code(DisplayName::parse("\u{3164}")), "required");
    }

    #[test]
    fn control_and_direction_characters_are_refused() {
        assert_eq!(code(MessageBody::parse("a\0b")), "not_allowed");
        assert_eq!(code(DisplayName::parse("a\nb")), "not_allowed");
        assert_eq!(code(MessageBody::parse("abc\u{202E}cba")), "not_allowed");
    }

    #[test]
    fn an_emoji_is_one_picture() {
        for good in [
            "👍",
            "👍🏽",
            "❤️",
            "🇫🇷",
            "1️⃣",
            "👩‍👩‍👧‍👦",
            "🏳️‍🌈",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "☀",
            "🫶",
        ] {
            assert_eq!(Emoji::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "1",
            "👍👍",
            "👍 ",
            "🇫",
            "<b>",
            "\u{200D}",
            "👍\u{200D}",
            "👩‍👩‍👧‍👦‍👦",
            "\u{FE0F}",
            "\u{FE0F}👍",
            "1👍",
            "\u{202E}",
            "\u{1F3FD}",
        ] {
            assert_eq!(code(Emoji::parse(bad)), "not_allowed", "{bad:?}");
        }
    }

    #[test]
    fn emails_are_lower_cased_and_checked() {
        assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
        for bad in
            ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@-x.com", "ada@x..com", "a@b@c.de f"]
        {
            assert_eq!(code(Email::parse(bad)), "malformed", "{bad}");
        }
        assert_eq!(code(Email::parse(&format!("{}@example.com", "a".repeat(250)))), "too_long");
    }

    #[test]
    fn a_password_is_kept_as_typed_and_never_shown() {
        let password = Password::parse("  correct horse  ").unwrap();
        assert_eq!(password.expose(), "  correct horse  ");
        assert!(!format!("{password:?}").contains("horse"));
        assert_eq!(code(Password::parse("short")), "too_short");
        assert_eq!(code(Password::parse(&"x".repeat(129))), "too_long");
    }
}
