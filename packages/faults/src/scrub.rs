//! What is somebody's own does not leave the house, not even where an error's text quotes it: emails, tokens, ids, queries, and
//! whatever stands in quotes (a note or a message, for all we know).

/// A text without them, and not too long.
#[must_use]
pub fn scrub(text: &str) -> String {
    let unquoted = without_quotes(text);
    let mut clean = String::with_capacity(unquoted.len());
    for (place, word) in unquoted.split(' ').enumerate() {
        if place > 0 {
            clean.push(' ');
        }
        clean.push_str(&word_without(word));
    }
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean,
    }
}

/// Characters of a text that is sent.
const LONGEST: usize = 2000;
/// Random bytes are written in at least so many characters.
const TOKEN: usize = 20;
const UUID: usize = 36;

/// What stands between two marks goes, unless it can only be the name of a column, a constraint or a field.
fn without_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, mark, after)) = split_at_mark(rest) {
        out.push_str(before);
        out.push(mark);
        let Some((quoted, after)) = after.split_once(mark) else {
            // Cut off in the middle: all of it may be a quotation.
            out.push('…');
            return out;
        };
        out.push_str(if is_name(quoted) { quoted } else { "…" });
        out.push(mark);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn split_at_mark(text: &str) -> Option<(&str, char, &str)> {
    let (at, mark) = text.char_indices().find(|(_, c)| matches!(c, '"' | '`'))?;
    Some((text.get(..at)?, mark, text.get(at + mark.len_utf8()..)?))
}

fn is_name(quoted: &str) -> bool {
    quoted.contains('_') && quoted.len() < 64 && quoted.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn word_without(word: &str) -> String {
    if word.contains('@') {
        return "[email]".to_owned();
    }
    let (word, query) = word.split_once('?').map_or((word, ""), |(word, _)| (word, "?…"));
    let mut clean = String::with_capacity(word.len());
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=' | '+');
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        clean.push_str(part_without(part));
        let mut others = after.chars();
        clean.extend(others.next());
        rest = others.as_str();
    }
    clean + query
}

fn part_without(part: &str) -> &str {
    let dashes = part.bytes().filter(|b| *b == b'-').count();
    let is_id = part.len() == UUID && dashes == 4 && part.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    let has = |test: fn(&u8) -> bool| part.bytes().any(|b| test(&b));
    match part {
        _ if is_id => "{id}",
        _ if part.len() >= TOKEN && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) => "[token]",
        part => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_somebodys_own_goes_and_what_helps_stays() {
        for (said, sent) in [
            ("the object store failed a request", "the object store failed a request"),
            ("at packages/domain/src/chat/send.rs:41:9", "at packages/domain/src/chat/send.rs:41:9"),
            ("balloond_domain::chat::send::{closure}", "balloond_domain::chat::send::{closure}"),
            ("no account ada@example.com here", "no account [email] here"),
            ("Key (email)=(ada@example.com) exists", "Key [email] exists"),
            ("GET /people?q=somebody failed", "GET /people?… failed"),
            ("chat 0199aa00-1111-7222-8333-444455556666 is", "chat {id} is"),
            ("Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIx.c2ln9 x", "Bearer [token] x"),
            ("cookie=__Host-session=AbCdEf0123456789AbCd;", "[token];"),
            ("violates \"users_email_key\"", "violates \"users_email_key\""),
            ("invalid type: string \"I like you\", expected", "invalid type: string \"…\", expected"),
            ("unknown variant `my words`, expected", "unknown variant `…`, expected"),
            ("string \"cut off in the mid", "string \"…"),
        ] {
            assert_eq!(scrub(said), sent);
        }
        assert_eq!(scrub(&"word ".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
