//! What people keep away from themselves: others, words, and being seen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{BlockId, HiddenWord, UserId, error::FieldErrors, people::Person};

/// Hidden words a person at most.
pub const MAX_HIDDEN_WORDS: usize = 50;

/// `POST /blocks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockPerson {
    pub user: UserId,
}

/// Somebody whom you blocked: `GET /blocks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Block {
    pub id: BlockId,
    pub user: UserId,
    /// Absent when you did not see them when you blocked them, having floated them a balloon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    pub blocked_at: DateTime<Utc>,
}

/// `GET /me/safety`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Safety {
    /// You are in no list of people, and whoever does not know you yet does not find you. Your chats stay.
    pub paused: bool,
    /// A balloon whose note has one of these does not reach you, and its sender does not learn of it. In lower case.
    pub hidden_words: Vec<String>,
}

/// `PATCH /me/safety`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"paused": false, "hidden_words": ["crypto"]})))]
pub struct EditSafety {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// At most 50, of 1 to 40 characters each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub hidden_words: Option<Vec<String>>,
}

/// A change of what one keeps away, whose every field is valid.
#[derive(Clone, Debug, Default)]
pub struct SafetyChange {
    pub paused: Option<bool>,
    pub hidden_words: Option<Vec<HiddenWord>>,
}

impl EditSafety {
    /// Lower-cased; doubled words are dropped.
    pub fn parse(&self) -> Result<SafetyChange, FieldErrors> {
        let mut errors = FieldErrors::default();
        let hidden_words = self.hidden_words.as_deref().map(|words| parse_words(words, &mut errors));
        if errors.is_empty() { Ok(SafetyChange { paused: self.paused, hidden_words }) } else { Err(errors) }
    }
}

fn parse_words(words: &[String], errors: &mut FieldErrors) -> Vec<HiddenWord> {
    let mut parsed: Vec<HiddenWord> = Vec::new();
    for word in words.iter().map(|word| word.to_lowercase()) {
        if let Some(word) = errors.check("hidden_words", HiddenWord::parse(&word))
            && !parsed.contains(&word)
        {
            parsed.push(word);
        }
    }
    if parsed.len() > MAX_HIDDEN_WORDS {
        errors.push("hidden_words", "too_many", format!("{MAX_HIDDEN_WORDS} hidden words are the most."));
    }
    parsed
}

/// Whether a note has one of the hidden words in it. Words are compared whole and in lower case, whatever stands between them:
/// `sex` is not in `Essex`. What has no letter or digit, as an emoji has none, is looked for anywhere.
#[must_use]
pub fn hides(hidden_words: &[String], note: &str) -> bool {
    let plain = note.to_lowercase();
    let words = spaced(&plain);
    hidden_words.iter().any(|hidden| match spaced(hidden) {
        hidden if hidden.trim().is_empty() => false,
        hidden if hidden.chars().any(char::is_alphanumeric) => words.contains(&hidden),
        hidden => plain.contains(hidden.trim()),
    })
}

/// The words of a text, each between two spaces.
fn spaced(text: &str) -> String {
    let is_between =
        |c: char| c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '\u{2000}'..='\u{206F}' | '«' | '»');
    let mut spaced = String::from(" ");
    for word in text.split(is_between).filter(|word| !word.is_empty()) {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(note: &str) -> bool {
        hides(&["sex".to_owned(), "send money".to_owned(), "🍆".to_owned(), "...".to_owned()], note)
    }

    #[test]
    fn whole_words_are_hidden_however_they_are_written() {
        for note in ["Sex?", "no-sex-please", "Please SEND\n  money!", "«sex»", "hi🍆"] {
            assert!(hidden(note), "{note}");
        }
        for note in ["Essex is nice", "send the money", "sexton", "wait...", ""] {
            assert!(!hidden(note), "{note}");
        }
    }

    #[test]
    fn words_are_lower_cased_and_counted_once() {
        let edit = |words: Vec<String>| EditSafety { hidden_words: Some(words), paused: None }.parse();
        let words = edit(vec!["Tea".to_owned(), " tea ".to_owned()]).unwrap().hidden_words.unwrap();
        assert_eq!(words.iter().map(HiddenWord::as_str).collect::<Vec<_>>(), ["tea"]);
        assert_eq!(edit(vec![" ".to_owned()]).unwrap_err().0[0].code, "required");
        assert_eq!(edit((0..51).map(|n| format!("word{n}")).collect()).unwrap_err().0[0].code, "too_many");
    }
}
