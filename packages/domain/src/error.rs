//! Why a use case refused. The cause of a fault of ours is logged once, where it becomes an answer, and never sent.

use std::time::Duration;

use balloond_database::{PoolError, QueryError, keyset::BadCursor};
use balloond_photo::PhotoError;
use balloond_shared::{ApiError, ErrorCode, FieldErrors};
use balloond_storage::StorageError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Readable, but not valid.
    #[error("invalid input")]
    Invalid(FieldErrors),
    /// A refusal that its code says whole.
    #[error("refused: {0:?}")]
    Refused(ErrorCode),
    /// Refused for now.
    #[error("refused for {after:?}: {code:?}")]
    RefusedFor { code: ErrorCode, after: Duration },
    /// Something that we stand on is away.
    #[error("unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Seconds that a client waits when a part of the service is away.
    const UNAVAILABLE_SECONDS: u64 = 2;

    pub(crate) fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// What leaves the house: logs the cause of a fault, and says nothing of it.
    #[must_use]
    pub fn to_api(&self) -> ApiError {
        match self {
            Self::Invalid(errors) => ApiError::invalid(errors.clone()),
            Self::Refused(code) => ApiError::new(*code),
            Self::RefusedFor { code, after } => ApiError::new(*code).retry_after(whole_seconds(*after)),
            Self::Unavailable(cause) => {
                tracing::warn!(%cause, "unavailable");
                ApiError::new(ErrorCode::Unavailable).retry_after(Self::UNAVAILABLE_SECONDS)
            }
            Self::Internal(cause) => {
                tracing::error!(%cause, "internal fault");
                ApiError::new(ErrorCode::Internal)
            }
        }
    }
}

/// Rounded up: a client that comes back a moment early is refused again.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Self::unavailable(error)
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        if balloond_database::is_unavailable(&error) { Self::unavailable(error) } else { Self::internal(error) }
    }
}

impl From<BadCursor> for Error {
    fn from(_: BadCursor) -> Self {
        Self::Invalid(FieldErrors::one("cursor", "malformed", "This is not a cursor that a page gave out."))
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        Self::unavailable(error)
    }
}

impl From<PhotoError> for Error {
    fn from(error: PhotoError) -> Self {
        let code = match error {
            PhotoError::TooLarge => return ErrorCode::PayloadTooLarge.into(),
            PhotoError::Busy => return Self::unavailable(error),
            PhotoError::NotAPhoto => "not_a_photo",
            PhotoError::TooManyPixels => "too_many_pixels",
            PhotoError::Damaged => "damaged",
        };
        Self::Invalid(FieldErrors::one("photo", code, error.to_string()))
    }
}
