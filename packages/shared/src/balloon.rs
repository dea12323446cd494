//! Balloons: one short note from one person to another.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{BalloonId, ChatId, Note, UserId, error::FieldErrors, group::InvitedTo, people::Person};

/// Days until a balloon that was not caught expires.
pub const LIFETIME_DAYS: i64 = 7;
/// Balloons a person may float in 24 hours; never given back.
pub const DAILY_BUDGET: i64 = 20;
/// Days until the same person may be floated another balloon, whatever became of the last: a shorter wait after one outcome
/// than after another would tell the outcome.
pub const PAIR_COOLDOWN_DAYS: i64 = 30;

/// `POST /balloons`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"to": "019b0c6e-6f2a-7c3e-8d0b-2f6a1c9e4b57", "note": "You mend clocks: where did it begin?"})))]
pub struct FloatBalloon {
    pub to: UserId,
    /// 1 to 280 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 280))]
    pub note: String,
}

impl FloatBalloon {
    pub fn parse(&self) -> Result<Note, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("note", Note::parse(&self.note)).ok_or(errors)
    }
}

/// A balloon waiting for its receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceivedBalloon {
    pub id: BalloonId,
    pub from: Person,
    pub note: String,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The group it leads into, when it is an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvitedTo>,
}

/// What a sender may know: caught, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SentState {
    /// Not caught: pending, popped and expired look the same.
    Floating,
    Caught,
}

/// A balloon as its sender sees it. Withdrawn ones are gone from the list.
///
/// Until it is caught nothing in it depends on its receiver: whether they wait, popped it, keep you away or left is not to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentBalloon {
    pub id: BalloonId,
    /// Whom it was for, once it is caught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Person>,
    pub note: String,
    pub state: SentState,
    pub sent_at: DateTime<Utc>,
    /// The chat that catching opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// The group it leads into, when it is an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvitedTo>,
}

/// `GET /balloons?box=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BalloonBox {
    #[default]
    Received,
    Sent,
}

/// The answer of `GET /balloons`, by box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum BalloonPage {
    Received(crate::Page<ReceivedBalloon>),
    Sent(crate::Page<SentBalloon>),
}
