//! What a person lets others see of them. Each goes both ways: whoever does not show it does not see it of others.

use serde::{Deserialize, Serialize};

/// `GET /me/privacy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Privacy {
    /// That you are online.
    pub presence: bool,
    /// That you are typing.
    pub typing: bool,
    /// How far you have read.
    pub reading: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { presence: true, typing: true, reading: true }
    }
}

/// `PATCH /me/privacy`: what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditPrivacy {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<bool>,
}
