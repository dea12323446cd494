//! A message's text as HTML: links, and a few marks as people write them by hand: `*strong*`, `_emphasis_`, `~struck~` and `` `code` ``.
//! Everything else stands for itself, escaped.

/// How deep one mark may stand in another.
const DEPTH: u8 = 3;

/// Marks, and the element that each becomes.
const MARKS: [(char, &str); 4] = [('*', "strong"), ('_', "em"), ('~', "s"), ('`', "code")];

/// Safe to be put into a page as it is: nothing of the text can become an element but links and marks.
#[must_use]
pub fn html(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + body.len() / 8);
    write(body, DEPTH, &mut out);
    out
}

fn write(text: &str, depth: u8, out: &mut String) {
    let mut before = None;
    let mut rest = text;
    // A mark that was not closed on this line is not looked for again on it.
    let mut open = [usize::MAX; MARKS.len()];
    while let Some(c) = rest.chars().next() {
        let is_start = before.is_none_or(|before: char| !before.is_alphanumeric());
        let mut taken = c.len_utf8();
        if let Some(link) = Some(rest).filter(|_| is_start && c == 'h').and_then(link) {
            taken = link.len();
            write_link(link, out);
        } else if let Some(marked) = marked(rest, c, is_start && depth > 0, &mut open) {
            taken = marked.inner.len() + 2;
            out.push_str(&format!("<{}>", marked.element));
            if marked.element == "code" {
                escape(marked.inner, out)
            } else {
                write(marked.inner, depth - 1, out)
            }
            out.push_str(&format!("</{}>", marked.element));
        } else {
            escape_char(c, out);
        }
        let Some((done, after)) = rest.split_at_checked(taken) else { break };
        before = done.chars().next_back();
        rest = after;
    }
}

struct Marked<'a> {
    inner: &'a str,
    element: &'static str,
}

/// What stands between a mark at the beginning of `rest` and its like on the same line: it touches the words on its inside, and
/// none on its outside. `open`: the lengths of the rests in which each mark was not closed.
fn marked<'a>(rest: &'a str, mark: char, can_begin: bool, open: &mut [usize; MARKS.len()]) -> Option<Marked<'a>> {
    let kind = MARKS.iter().position(|(known, _)| *known == mark).filter(|_| can_begin)?;
    let (_, element) = MARKS.get(kind)?;
    let line = rest.lines().next().unwrap_or_default();
    let line_end = rest.len() - line.len();
    let open = open.get_mut(kind).filter(|open| **open != line_end)?;
    let inside = line.get(1..)?;
    if inside.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let closing = inside.match_indices(mark).map(|(at, _)| at).find(|at| {
        inside.split_at_checked(*at).is_some_and(|(inner, after)| {
            let touches = inner.ends_with(|c: char| !c.is_whitespace());
            touches && !after.chars().nth(1).is_some_and(char::is_alphanumeric)
        })
    });
    if closing.is_none() {
        *open = line_end;
    }
    Some(Marked { inner: inside.get(..closing?)?, element })
}

/// The address at the beginning of `rest`, without the punctuation of the sentence around it.
fn link(rest: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| rest.starts_with(scheme))?;
    let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`'));
    let address = rest.get(..end.unwrap_or(rest.len()))?;
    let mut trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
    if trimmed.ends_with(')') && !trimmed.contains('(') {
        trimmed = trimmed.trim_end_matches(')');
    }
    trimmed.get(scheme.len()..)?.starts_with(char::is_alphanumeric).then_some(trimmed)
}

fn write_link(address: &str, out: &mut String) {
    out.push_str("<a href=\"");
    escape(address, out);
    out.push_str("\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
    escape(address, out);
    out.push_str("</a>");
}

fn escape(text: &str, out: &mut String) {
    text.chars().for_each(|c| escape_char(c, out));
}

fn escape_char(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_become_elements() {
        for (body, expected) in [
            ("plain", "plain"),
            ("*yes* and _so_, ~not~ `x < y`", "<strong>yes</strong> and <em>so</em>, <s>not</s> <code>x &lt; y</code>"),
            ("*a _b_ c*", "<strong>a <em>b</em> c</strong>"),
            ("`*as it is*`", "<code>*as it is*</code>"),
            ("(*in brackets*)!", "(<strong>in brackets</strong>)!"),
            ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
            ("* not this * nor *this", "* not this * nor *this"),
            ("*two\nlines*", "*two\nlines*"),
            ("**", "**"),
            ("*a*\n*b*", "<strong>a</strong>\n<strong>b</strong>"),
        ] {
            assert_eq!(html(body), expected, "{body}");
        }
    }

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        let link = |address: &str| {
            format!("<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{address}</a>")
        };
        for (body, expected) in [
            ("see https://example.com/a_b_c?x=1.", format!("see {}.", link("https://example.com/a_b_c?x=1"))),
            ("(http://example.com)", format!("({})", link("http://example.com"))),
            ("https://example.com/a_(b)", link("https://example.com/a_(b)")),
            ("*https://example.com*", format!("<strong>{}</strong>", link("https://example.com"))),
            ("https://a.example/?q=<b>", format!("{}&lt;b&gt;", link("https://a.example/?q="))),
            ("https://a.example/?a&b'c", link("https://a.example/?a&amp;b&#39;c")),
            ("javascript:alert(1)", "javascript:alert(1)".to_owned()),
            ("https:// http://\"x", "https:// http://&quot;x".to_owned()),
            ("xhttps://example.com", "xhttps://example.com".to_owned()),
        ] {
            assert_eq!(html(body), expected, "{body}");
        }
    }

    #[test]
    fn hostile_texts_take_no_time() {
        for unit in ["*a ", "*_~`", "_a*b ", "https://", "*a*_b_", "`"] {
            let started = Instant::now();
            assert!(!html(&unit.repeat(4000 / unit.len())).is_empty());
            assert!(started.elapsed() < Duration::from_millis(200), "{unit}: {:?}", started.elapsed());
        }
    }

    /// The text that a browser would show, and the tags.
    fn read(html: &str) -> (String, Vec<String>) {
        let (mut text, mut tags, mut rest) = (String::new(), Vec::new(), html);
        while let Some(at) = rest.find('<') {
            text.push_str(&rest[..at]);
            let end = rest[at..].find('>').expect("a tag that ends") + at;
            tags.push(rest[at + 1..end].to_owned());
            rest = &rest[end + 1..];
        }
        text.push_str(rest);
        let unescaped = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        (unescaped.iter().fold(text, |text, (entity, c)| text.replace(entity, c)), tags)
    }

    proptest! {
        #[test]
        fn nothing_is_lost_but_marks_and_no_other_element_appears(
            parts in prop::collection::vec(prop::sample::select(vec![
                "*", "_", "~", "`", "a", " ", "\n", "<b>", "&", "\"", "'", "https://x.example/", "é", "🎈", ")", "(", ".",
            ]), 0..60),
        ) {
            let body = parts.concat();
            let (text, tags) = read(&html(&body));
            let words = |text: &str| text.replace(['*', '_', '~', '`'], "");
            prop_assert_eq!(words(&text), words(&body));
            let mut open = Vec::new();
            for tag in tags {
                match tag.strip_prefix('/') {
                    Some(closed) => prop_assert_eq!(open.pop(), Some(closed.to_owned())),
                    None => {
                        let name = tag.split(' ').next().unwrap_or_default().to_owned();
                        prop_assert!(["strong", "em", "s", "code", "a"].contains(&name.as_str()), "{}", tag);
                        prop_assert!(name != "a" || tag.starts_with("a href=\"https://x.example/"), "{}", tag);
                        open.push(name);
                    }
                }
            }
            prop_assert!(open.is_empty());
        }
    }
}
