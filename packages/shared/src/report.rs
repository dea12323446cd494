//! Reports: what somebody should not have done, with a copy of how it was at that moment.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

use crate::{MessageId, ReportId, ReportWords, UserId, error::FieldErrors};

/// Days that a report is kept.
pub const KEPT_DAYS: i64 = 180;
/// Messages of a chat that are copied, the newest.
pub const CHAT_MESSAGES: i64 = 50;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportAbout {
    Person,
    /// One that was floated to you.
    Balloon,
    /// One that you are in, or were.
    Chat,
    /// Somebody else's, in such a chat.
    Message,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    Harassment,
    Threat,
    Spam,
    /// Not who they say.
    Impersonation,
    /// Under 18.
    Underage,
    Other,
}

/// `POST /reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"about": "message", "id": "019b0c6e-7a10-7b1e-9f34-53a7c2d8e6f1", "reason": "harassment", "words": "It goes on."})))]
pub struct MakeReport {
    pub about: ReportAbout,
    /// Of the person, balloon, chat or message.
    pub id: Uuid,
    pub reason: ReportReason,
    /// What else should be known; at most 1000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    pub words: String,
}

impl MakeReport {
    pub fn parse(&self) -> Result<ReportWords, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("words", ReportWords::parse(&self.words)).ok_or(errors)
    }
}

/// A report that you made: `GET /reports/{id}`, and without its evidence in `GET /reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    pub id: ReportId,
    pub about: ReportAbout,
    pub about_id: Uuid,
    pub reason: ReportReason,
    pub words: String,
    pub made_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// How it was at that moment. Later changes do not reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// Who is reported; nobody alone, where it is a group.
    pub person: Option<ReportedPerson>,
    /// The balloon's note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ReportedNote>,
    /// Of the chat, oldest first: its newest, or those around the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ReportedMessage>,
}

/// A profile in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedPerson {
    pub id: UserId,
    pub name: String,
    pub age: i16,
    pub bio: String,
    pub interests: Vec<String>,
    /// Copies of the photos: addresses that are good for an hour.
    #[serde(default)]
    pub photos: Vec<String>,
}

/// A balloon's note in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedNote {
    pub note: String,
    pub sent_at: DateTime<Utc>,
}

/// A message in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedMessage {
    pub id: MessageId,
    pub sender: UserId,
    pub name: String,
    pub body: String,
    /// A copy of its photo: an address that is good for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    pub sent_at: DateTime<Utc>,
}
