//! The second step at log-in: a code from an app after the password.

use serde::{Deserialize, Serialize};

/// What `POST /auth/login` answers (202) where there is a second step: the password was right, and a code is needed.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondStepNeeded {
    /// For `POST /auth/second-step`.
    pub ticket: String,
    /// Seconds until `ticket` expires.
    pub expires_in: i64,
}

/// `POST /auth/second-step`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondStep {
    pub ticket: String,
    /// Six digits from the app, or one of the recovery codes.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub code: String,
}

/// Whether there is a second step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondStepState {
    pub is_on: bool,
    /// How many of the ten are left.
    pub recovery_codes: i64,
}

/// What cannot be done by a session that was left open: the password once more.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WithPassword {
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
}

/// What an app is set up with. It is shown now and not again once it is confirmed.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    /// Base 32, to be typed in.
    pub secret: String,
    /// `otpauth://…`, to be opened.
    pub uri: String,
    /// The same as a QR code: an SVG.
    pub qr: String,
}

/// `POST /me/second-step/confirm`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfirmSecondStep {
    /// Six digits from the app.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub code: String,
}

/// For when the app is lost: each works once in its place. They are shown now and never again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}
