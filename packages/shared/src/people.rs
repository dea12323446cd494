//! Who may be floated a balloon.

use serde::{Deserialize, Serialize};

use crate::{Age, Interest, Photo, UserId, error::FieldErrors};

/// A person on a card, in a list, beside a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub age: i16,
    /// The first line of the bio.
    pub headline: String,
    pub interests: Vec<String>,
    /// The first photo.
    pub photo: Option<Photo>,
}

/// `GET /people`: what to look for. An absent or empty field does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub struct PeopleQuery {
    #[serde(deserialize_with = "empty_as_none")]
    pub min_age: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    pub max_age: Option<String>,
    /// One interest, whole.
    #[serde(deserialize_with = "empty_as_none")]
    pub interest: Option<String>,
    /// A part of a name.
    #[serde(deserialize_with = "empty_as_none")]
    pub q: Option<String>,
    pub cursor: Option<String>,
    #[serde(deserialize_with = "empty_as_none")]
    pub limit: Option<String>,
}

/// A plain form sends each of its fields, the empty ones too.
fn empty_as_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty()))
}

/// A search whose every field is valid.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    pub min_age: Option<Age>,
    pub max_age: Option<Age>,
    pub interest: Option<Interest>,
    pub name_part: Option<String>,
    pub cursor: Option<String>,
    pub limit: i64,
}

impl PeopleQuery {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<PeopleFilter, FieldErrors> {
        let mut errors = FieldErrors::default();
        let min_age = number(&mut errors, "min_age", self.min_age.as_deref())
            .and_then(|years| errors.check("min_age", Age::parse(years)));
        let max_age = number(&mut errors, "max_age", self.max_age.as_deref())
            .and_then(|years| errors.check("max_age", Age::parse(years)));
        if let (Some(min), Some(max)) = (min_age, max_age)
            && min > max
        {
            errors.push("max_age", "out_of_range", "The highest age is below the lowest.");
        }
        let interest = self
            .interest
            .as_deref()
            .and_then(|interest| errors.check("interest", Interest::parse(&interest.to_lowercase())));
        let name_part = self.q.as_deref().map(str::trim).map(str::to_owned);
        if name_part.as_ref().is_some_and(|part| part.chars().count() > 50 || part.contains('\0')) {
            errors.push("q", "too_long", "Search for at most 50 characters of a name.");
        }
        let limit = number(&mut errors, "limit", self.limit.as_deref());
        if !errors.is_empty() {
            return Err(errors);
        }
        let limit = crate::page::limit(limit);
        Ok(PeopleFilter { min_age, max_age, interest, name_part, cursor: self.cursor.clone(), limit })
    }
}

fn number(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<i64> {
    let text = text?;
    let number = text.trim().parse();
    if number.is_err() {
        errors.push(field, "malformed", "This has to be a number.");
    }
    number.ok()
}
