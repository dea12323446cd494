//! Those who look after the place, moderators and administrators, and the log of what they do.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AuditId, UserId};

/// What somebody may do beyond what everybody may; an administrator may do all that a moderator may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Reports, suspensions, appeals.
    Moderator,
    /// Everything.
    Administrator,
}

impl StaffRole {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Administrator => "administrator",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Moderator, Self::Administrator].into_iter().find(|role| role.name() == name)
    }
}

/// Every deed with its name in the log, and what a page says of it.
macro_rules! deeds {
    ($($deed:ident = $name:literal, $words:literal;)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Deed { $($deed),+ }

        impl Deed {
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$deed => $name),+ }
            }

            #[must_use]
            pub fn by_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$deed),)+ _ => None }
            }

            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$deed => $words),+ }
            }
        }
    };
}

deeds! {
    RoleGiven = "role_given", "A role was given";
    RoleTaken = "role_taken", "The role was taken";
    Suspended = "suspended", "Suspended";
    SuspensionLifted = "suspension_lifted", "The suspension was lifted";
    AppealGranted = "appeal_granted", "The appeal was granted";
    AppealDenied = "appeal_denied", "The appeal was denied";
    SessionsEnded = "sessions_ended", "Logged out everywhere";
    Erased = "erased", "The account was deleted";
    ReportTaken = "report_taken", "A report was taken on";
    ReportClosed = "report_closed", "A report was closed";
    JobsRetried = "jobs_retried", "Dead jobs were tried again";
    SwitchedOn = "switched_on", "Switched on";
    SwitchedOff = "switched_off", "Switched off";
}

/// A person by their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    pub id: UserId,
    pub name: String,
}

/// An entry of the log: `GET /admin/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditId,
    pub deed: Deed,
    /// What it was about, or until when: depends on the deed; may be empty.
    pub details: String,
    pub reason: String,
    pub done_at: DateTime<Utc>,
    /// Absent when it was done by the command of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Named>,
    /// Absent when it was about nobody, or about one who has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Named>,
}

/// An entry about oneself, which does not tell whose deed it was: `GET /me/record`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordEntry {
    pub id: AuditId,
    pub deed: Deed,
    pub details: String,
    pub reason: String,
    pub done_at: DateTime<Utc>,
}

/// The background jobs: `GET /admin/jobs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jobs {
    /// Those that failed for good, the last one first; 200 at most.
    pub dead: Vec<DeadJob>,
    pub queues: Vec<JobQueue>,
}

/// A job that is tried no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadJob {
    pub id: i64,
    pub task: String,
    pub attempts: i32,
    pub last_error: String,
    pub failed_at: DateTime<Utc>,
}

/// How many jobs of a kind are in which state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobQueue {
    pub task: String,
    pub due: i64,
    pub running: i64,
    pub waiting: i64,
    pub dead: i64,
    /// Seconds since the oldest that is due should have been done.
    pub lateness: f64,
}

/// `POST /admin/jobs/retry`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"ids": [1841]})))]
pub struct RetryJobs {
    /// At most 200; those that are not dead are passed over.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub ids: Vec<i64>,
    /// All dead jobs, whatever `ids` says.
    #[serde(default)]
    pub all: bool,
}

/// What a retry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retried {
    /// Jobs that are tried again.
    pub count: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_and_roles_are_known_by_their_names() {
        for deed in [Deed::RoleGiven, Deed::Suspended, Deed::AppealDenied, Deed::SwitchedOff] {
            assert_eq!(Deed::by_name(deed.name()), Some(deed));
            assert_eq!(serde_json::to_value(deed).unwrap(), deed.name());
        }
        assert_eq!(StaffRole::by_name("administrator"), Some(StaffRole::Administrator));
        assert_eq!((StaffRole::by_name("owner"), Deed::by_name("")), (None, None));
        assert!(StaffRole::Administrator > StaffRole::Moderator);
    }
}
