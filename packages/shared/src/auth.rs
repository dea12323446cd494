//! Registering, logging in and staying so.

use serde::{Deserialize, Serialize};

use crate::{Age, DisplayName, Email, Password, error::FieldErrors, profile::Me};

/// `POST /auth/register`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"email": "mia@example.com", "password": "correct horse", "name": "Mia", "age": 31})))]
pub struct Register {
    #[cfg_attr(feature = "openapi", schema(format = Email, max_length = 254))]
    pub email: String,
    /// 8 to 128 characters, kept as typed.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub password: String,
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 50))]
    pub name: String,
    /// 18 to 120.
    #[cfg_attr(feature = "openapi", schema(minimum = 18, maximum = 120))]
    pub age: i64,
}

/// A registration whose every field is valid.
#[derive(Clone, Debug)]
pub struct Registration {
    pub email: Email,
    pub password: Password,
    pub name: DisplayName,
    pub age: Age,
}

impl Register {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<Registration, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::parse(&self.email));
        let password = errors.check("password", Password::parse(&self.password));
        let name = errors.check("name", DisplayName::parse(&self.name));
        let age = errors.check("age", Age::parse(self.age));
        match (email, password, name, age) {
            (Some(email), Some(password), Some(name), Some(age)) => Ok(Registration { email, password, name, age }),
            _ => Err(errors),
        }
    }
}

/// `POST /auth/login`. Not validated beyond being there: what was once accepted may be typed again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"email": "mia@example.com", "password": "correct horse"})))]
pub struct Login {
    pub email: String,
    pub password: String,
}

/// `POST /auth/refresh`. A browser sends no body: its cookie says it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refresh {
    pub refresh_token: String,
}

/// `POST /me/verify`: the code from the mail.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verify {
    /// Ten letters and digits, in any case.
    pub code: String,
}

/// `POST /auth/forgot`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForgotPassword {
    pub email: String,
}

/// `POST /auth/reset`. It ends all sessions.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetPassword {
    pub email: String,
    /// From the mail.
    pub code: String,
    /// 8 to 128 characters, kept as typed.
    pub password: String,
}

impl ResetPassword {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<(Email, Password), FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::parse(&self.email));
        if self.code.trim().is_empty() {
            errors.push("code", "required", "The code from the mail is needed.");
        }
        let password = errors.check("password", Password::parse(&self.password));
        match (email, password) {
            (Some(email), Some(password)) if errors.is_empty() => Ok((email, password)),
            _ => Err(errors),
        }
    }
}

/// `POST /me/password`. It ends all other sessions.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePassword {
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub current_password: String,
    /// 8 to 128 characters, kept as typed.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub password: String,
}

impl ChangePassword {
    /// The new password; that the current one is there.
    pub fn parse(&self) -> Result<Password, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.current_password.is_empty() {
            errors.push("current_password", "required", "Your password of now is needed.");
        }
        match errors.check("password", Password::parse(&self.password)) {
            Some(password) if errors.is_empty() => Ok(password),
            _ => Err(errors),
        }
    }
}

/// Signed in: what registering, logging in and refreshing answer.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// The access token, for `Authorization: Bearer`.
    pub token: String,
    /// Seconds until `token` expires.
    pub expires_in: u64,
    /// Opaque; works once. Its answer holds the next.
    pub refresh_token: String,
    pub user: Me,
}
