//! A person, as themselves and as others see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Age, Bio, DisplayName, Interest, Photo, UserId, error::FieldErrors, staff::StaffRole};

/// Interests a profile at most.
pub const MAX_INTERESTS: usize = 12;

/// The public profile: `GET /users/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    pub id: UserId,
    pub name: String,
    pub age: i16,
    pub bio: String,
    pub interests: Vec<String>,
    pub photos: Vec<Photo>,
}

/// One's own profile: `GET /me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub email: String,
    /// The email is yours: until then nobody sees you, and you can float no balloon.
    pub verified: bool,
    /// Counts the changes of the profile; its ETag.
    pub version: i32,
    pub joined_at: DateTime<Utc>,
    /// Your account is suspended: of what takes a session, little is left (see `GET /me/suspension`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// What you may do beyond what everybody may; most may nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<StaffRole>,
    #[serde(flatten)]
    pub profile: Profile,
}

/// `PATCH /me`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"bio": "I mend clocks.", "interests": ["clocks", "long walks"]})))]
pub struct EditProfile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 50))]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 18, maximum = 120))]
    pub age: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_items = 12))]
    pub interests: Option<Vec<String>>,
}

/// A change of a profile whose every field is valid.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    pub name: Option<DisplayName>,
    pub age: Option<Age>,
    pub bio: Option<Bio>,
    pub interests: Option<Vec<Interest>>,
}

impl EditProfile {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<ProfileChange, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = self.name.as_deref().and_then(|name| errors.check("name", DisplayName::parse(name)));
        let age = self.age.and_then(|age| errors.check("age", Age::parse(age)));
        let bio = self.bio.as_deref().and_then(|bio| errors.check("bio", Bio::parse(bio)));
        let interests = self.interests.as_deref().map(|interests| parse_interests(interests, &mut errors));
        if errors.is_empty() { Ok(ProfileChange { name, age, bio, interests }) } else { Err(errors) }
    }
}

/// Lower-cased, so that two spellings find each other; doubled ones are dropped.
fn parse_interests(interests: &[String], errors: &mut FieldErrors) -> Vec<Interest> {
    let mut parsed: Vec<Interest> = Vec::new();
    for interest in interests.iter().map(|interest| interest.to_lowercase()) {
        if let Some(interest) = errors.check("interests", Interest::parse(&interest))
            && !parsed.contains(&interest)
        {
            parsed.push(interest);
        }
    }
    if parsed.len() > MAX_INTERESTS {
        errors.push("interests", "too_many", format!("{MAX_INTERESTS} interests are the most."));
    }
    parsed
}
