//! What a request is refused with: a stable code, a sentence for people, and the fields at fault.

use serde::{Deserialize, Serialize};

/// Stable names of every refusal. Clients branch on these, never on the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The body or the query could not be read.
    Malformed,
    /// Readable, but some fields are not valid; see `errors`.
    Invalid,
    /// Not signed in, or no longer.
    Unauthenticated,
    /// The email or the password is wrong.
    WrongCredentials,
    /// The request came from another site.
    ForeignOrigin,
    /// Signed in, but not yours to do.
    Forbidden,
    /// An API token without the scope that this takes; or it takes a session.
    InsufficientScope,
    /// Not there, or not yours to know.
    NotFound,
    MethodNotAllowed,
    /// Verify your email first.
    Unverified,
    /// This is turned off for now.
    SwitchedOff,
    /// Your account is suspended; see `GET /me/suspension`.
    Suspended,
    /// There is a second step at log-in already.
    SecondStepOn,
    /// The state changed in the meantime; load it again.
    Stale,
    /// A balloon went from you to this person not long ago.
    AlreadyFloated,
    /// This person has floated you one: catch that.
    BalloonWaiting,
    /// You two have a chat already.
    AlreadyChatting,
    /// The balloon was caught, popped or withdrawn, or has expired.
    BalloonGone,
    /// Today's balloons are used up.
    BudgetSpent,
    /// Twenty tokens are the most.
    TokensFull,
    /// Twenty passkeys are the most.
    PasskeysFull,
    /// Six photos are the most.
    PhotosFull,
    /// The message was deleted.
    MessageGone,
    /// A message can be edited for 24 hours.
    TooLate,
    /// No more reactions fit here.
    ReactionsFull,
    /// A group has at most 100 members.
    GroupFull,
    /// They are in the group.
    AlreadyMember,
    /// They were invited to this group not long ago.
    AlreadyInvited,
    /// Its owner hands a group over before leaving it.
    HandOverFirst,
    /// This `Idempotency-Key` was used for another request.
    KeyReused,
    /// The first request with this `Idempotency-Key` is still at work.
    KeyInUse,
    PayloadTooLarge,
    UnsupportedMediaType,
    /// Too many attempts; wait for `Retry-After` seconds.
    RateLimited,
    /// A part of the service is away; wait for `Retry-After` seconds.
    Unavailable,
    Internal,
}

impl ErrorCode {
    /// The HTTP status of a refusal: the only place that chooses one.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::ForeignOrigin
            | Self::Forbidden
            | Self::InsufficientScope
            | Self::Suspended
            | Self::SwitchedOff
            | Self::Unverified => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::SecondStepOn
            | Self::AlreadyFloated
            | Self::BalloonWaiting
            | Self::AlreadyChatting
            | Self::BalloonGone
            | Self::PasskeysFull
            | Self::TokensFull
            | Self::PhotosFull
            | Self::MessageGone
            | Self::TooLate
            | Self::ReactionsFull
            | Self::GroupFull
            | Self::AlreadyMember
            | Self::AlreadyInvited
            | Self::HandOverFirst
            | Self::KeyInUse => 409,
            Self::Stale => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::KeyReused => 422,
            Self::BudgetSpent | Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// What happened and what to do, in one sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Malformed => "The request could not be read.",
            Self::Invalid => "Some of this needs a second look.",
            Self::Unauthenticated => "Please log in.",
            Self::WrongCredentials => "That email and password do not go together.",
            Self::ForeignOrigin => "This request came from another site.",
            Self::Forbidden => "This is not yours to do.",
            Self::InsufficientScope => "This token may not be used for that.",
            Self::NotFound => "There is nothing here.",
            Self::MethodNotAllowed => "This address does not take that method.",
            Self::SwitchedOff => "This is turned off for now. Try again another day.",
            Self::Suspended => {
                "Your account is suspended. Log in on our site to see why, and to say something against it."
            }
            Self::Unverified => "Confirm your email first, with the code that we sent you.",
            Self::SecondStepOn => "You have a second step already. Turn it off to set it up anew.",
            Self::Stale => "This was changed somewhere else. Load it again, then repeat your change.",
            Self::AlreadyFloated => "You floated this person a balloon not long ago.",
            Self::BalloonWaiting => "This person has floated you a balloon. It waits for you among yours.",
            Self::AlreadyChatting => "You two have a chat already.",
            Self::BalloonGone => "This balloon is gone.",
            Self::BudgetSpent => "You have floated all your balloons for today.",
            Self::TokensFull => "Twenty tokens are the most. End one first.",
            Self::PasskeysFull => "Twenty passkeys are the most. Remove one first.",
            Self::PhotosFull => "Six photos are the most. Remove one first.",
            Self::MessageGone => "This message was deleted.",
            Self::TooLate => "A message can be edited for 24 hours.",
            Self::ReactionsFull => "No more reactions fit here. Take one back first.",
            Self::GroupFull => "This group is full.",
            Self::AlreadyMember => "They are in this group already.",
            Self::AlreadyInvited => "They were invited to this group not long ago.",
            Self::HandOverFirst => "Hand the group over before you leave it.",
            Self::KeyReused => "This Idempotency-Key belongs to another request.",
            Self::KeyInUse => "The first request with this Idempotency-Key is still at work.",
            Self::PayloadTooLarge => "This is too large.",
            Self::UnsupportedMediaType => "This kind of content is not taken here.",
            Self::RateLimited => "That was a bit much at once. Wait a moment, then try again.",
            Self::Unavailable => "A part of Balloon'd is not reachable right now. Try again in a moment.",
            Self::Internal => "Something went wrong on our side. Nothing was changed.",
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the request.
    pub field: String,
    /// Stable: `required`, `too_short`, `too_long`, `out_of_range`, `not_allowed`, `malformed`, …
    pub code: String,
    /// One sentence for people.
    pub message: String,
}

/// The fields at fault; empty means that all is well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// One field at fault.
    #[must_use]
    pub fn one(field: &str, code: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(field, code, message);
        errors
    }

    pub fn push(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: message.into() });
    }

    /// Keeps the value, or notes what is wrong with `field` and gives none, so that a form names all its faults at once.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.push(field, fault.code, fault.message)).ok()
    }

    /// The first sentence about a field, for a form that shows one.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why a single value is not valid; gets its field's name from whoever asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A refusal as it leaves the API: RFC 9457, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// Always `about:blank`: `code` is what tells refusals apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sentence for people.
    pub title: String,
    pub status: u16,
    pub code: ErrorCode,
    /// The fields at fault, when `code` is `invalid`.
    #[serde(default, skip_serializing_if = "FieldErrors::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<FieldError>))]
    pub errors: FieldErrors,
    /// Seconds to wait, as in the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl ApiError {
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.sentence().to_owned(),
            status: code.status(),
            code,
            errors: FieldErrors::default(),
            retry_after: None,
        }
    }

    #[must_use]
    pub fn invalid(errors: FieldErrors) -> Self {
        Self { errors, ..Self::new(ErrorCode::Invalid) }
    }

    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}
