//! What administrators can turn off for a while.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{error::FieldErrors, text::DecisionReason};

/// Something that can be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Opening accounts.
    Registration,
    /// Sending photos in chats; those that are there stay.
    ChatPhotos,
}

impl Switch {
    pub const ALL: [Self; 2] = [Self::Registration, Self::ChatPhotos];

    /// Its name in addresses and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::ChatPhotos => "chat_photos",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|switch| switch.name() == name)
    }

    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Registration => "Opening accounts",
            Self::ChatPhotos => "Photos in chats",
        }
    }
}

impl std::str::FromStr for Switch {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::by_name(name).ok_or(())
    }
}

/// How a switch is: `GET /admin/switches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SwitchState {
    pub switch: Switch,
    pub on: bool,
    /// Absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
}

/// `PUT /admin/switches/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"on": false, "reason": "A wave of spam."})))]
pub struct SetSwitch {
    pub on: bool,
    /// 1 to 1000 characters, for the audit log.
    pub reason: String,
}

impl SetSwitch {
    pub fn parse(&self) -> Result<DecisionReason, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("reason", DecisionReason::parse(&self.reason)).ok_or(errors)
    }
}
