//! Finding what was said.

use serde::{Deserialize, Serialize};

use crate::{ChatId, chat::Message, error::FieldErrors};

/// Words of a search at most.
const MAX_WORDS: usize = 8;
/// Characters of a search at most.
const MAX_LENGTH: usize = 100;

/// `GET /search?q&chat&cursor&limit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub struct SearchQuery {
    /// Words that a message has to have, the last of them perhaps not whole.
    pub q: String,
    /// Only in this chat.
    pub chat: Option<ChatId>,
    pub cursor: Option<String>,
    /// 1 to 100; 24 without.
    pub limit: Option<i64>,
}

/// What is looked for, as Postgres reads it: `first & sec:*`. Only of letters and digits, so it means nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a text in small letters has to be like, all of it, to have these words.
    #[must_use]
    pub fn patterns(&self) -> Vec<String> {
        let words = self.0.trim_end_matches(":*").split(" & ");
        words.map(|word| format!("%{}%", word.to_lowercase())).collect()
    }
}

impl SearchQuery {
    pub fn parse(&self) -> Result<Words, FieldErrors> {
        if self.q.chars().count() > MAX_LENGTH {
            return Err(FieldErrors::one("q", "too_long", format!("Search for at most {MAX_LENGTH} characters.")));
        }
        let words: Vec<_> = self.q.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Err(FieldErrors::one("q", "required", "A word to look for is needed."));
        }
        if words.len() > MAX_WORDS {
            return Err(FieldErrors::one("q", "too_many", format!("Search for at most {MAX_WORDS} words.")));
        }
        Ok(Words(format!("{}:*", words.join(" & "))))
    }
}

/// A message that was found, and in which chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundMessage {
    /// A group's title, or the other person's name.
    pub title: String,
    pub message: Message,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_digits_and_nothing_else() {
        let parse = |q: &str| SearchQuery { q: q.to_owned(), ..SearchQuery::default() }.parse();
        for (q, words) in [
            ("clock", "clock:*"),
            (" the loud_One ", "the & loud & One:*"),
            ("a'); & !b|c:*\0<->", "a & b & c:*"),
            ("Füße 東京", "Füße & 東京:*"),
        ] {
            assert_eq!(parse(q).unwrap().as_str(), words);
        }
        assert_eq!(parse("The loud_One").unwrap().patterns(), ["%the%", "%loud%", "%one%"]);
        let code = |q: &str| parse(q).unwrap_err().0.remove(0).code;
        assert_eq!(
            (code(" &!"), code(&"x".repeat(101)), code("a b c d e f g h i")),
            ("required".into(), "too_long".into(), "too_many".into())
        );
    }
}
