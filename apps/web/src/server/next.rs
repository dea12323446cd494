//! Paths of ours: where to go after logging in, and how a value is put into a query.

use std::fmt::Write;

/// The path to go to, if it is one of ours: an address that browsers could read as another site's is not (CWE-601).
#[must_use]
pub fn own_path(path: &str) -> Option<&str> {
    let mut chars = path.chars();
    let is_own = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let is_plain = path.len() <= 500 && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (is_own && is_plain).then_some(path)
}

/// Percent-encodes a value for a query (RFC 3986, 2.3).
#[must_use]
pub fn encode_query(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_gone_to() {
        for path in ["/", "/people", "/people?min_age=30&q=a%20b", "/chats/0199"] {
            assert_eq!(own_path(path), Some(path));
        }
        for path in [
            "",
            "people",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "/a\r\nb",
            "/é",
            "/a b",
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(600))), None);
    }

    #[test]
    fn a_value_cannot_leave_its_place_in_a_query() {
        assert_eq!(encode_query("a&b=ü c"), "a%26b%3D%C3%BC%20c");
    }
}
