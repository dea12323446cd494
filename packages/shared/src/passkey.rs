//! Passkeys: keys on people's own devices, with which they log in without a password (WebAuthn).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FieldErrors, Label, PasskeyId};

/// Passkeys that somebody has at a time.
pub const MAX_PASSKEYS: usize = 20;

/// A passkey as its owner sees it: `GET /me/passkeys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passkey {
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    pub made_at: DateTime<Utc>,
    /// Not there when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<DateTime<Utc>>,
}

/// What a browser is to be asked for, good once and for five minutes: `PublicKeyCredentialCreationOptionsJSON` or
/// `PublicKeyCredentialRequestOptionsJSON` of WebAuthn Level 3.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Object))]
pub struct PasskeyOptions(pub Value);

/// `POST /me/passkeys`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddPasskey {
    /// 1 to 60 characters, to tell it from others.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60))]
    pub name: String,
    /// Once more: a session that was left open adds no key to the house.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
    /// What the browser answered: `RegistrationResponseJSON`, as `PublicKeyCredential.toJSON()` makes it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub credential: Value,
}

impl AddPasskey {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<Label, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", Label::parse(&self.name));
        if self.password.is_empty() {
            errors.push("password", "required", "Your password is needed.");
        }
        if self.credential.is_null() {
            errors.push("credential", "required", "The browser gave no passkey.");
        }
        name.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// `POST /auth/passkey`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyLogin {
    /// What the browser answered: `AuthenticationResponseJSON`, as `PublicKeyCredential.toJSON()` makes it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub credential: Value,
}
