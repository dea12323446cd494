//! Moderation: people as those who look after the place see them, suspensions, reports, appeals.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ReportId, SuspensionId, UserId,
    error::FieldErrors,
    profile::Profile,
    report::{Evidence, ReportAbout, ReportReason, Uuid},
    session::Session,
    staff::{AuditEntry, Named, StaffRole},
    text::{AppealWords, DecisionReason},
};

/// Days that a suspension with an end lasts at most.
pub const MAX_SUSPENSION_DAYS: i64 = 3650;

/// A person in a list of `GET /admin/people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonEntry {
    pub id: UserId,
    pub name: String,
    pub joined_at: DateTime<Utc>,
    pub verified: bool,
    pub suspended: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<StaffRole>,
}

/// All about a person: `GET /admin/people/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonFile {
    #[serde(flatten)]
    pub entry: PersonEntry,
    /// For administrators alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub profile: Profile,
    pub sessions: Vec<Session>,
    /// The last ones first, without their evidence.
    pub reports: Vec<ReportCase>,
    /// The last one first.
    pub suspensions: Vec<SuspensionCase>,
    /// What was done about them, the last first.
    pub log: Vec<AuditEntry>,
}

/// `POST /admin/people/{id}/suspend`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"reason": "Threats in a chat.", "days": 30})))]
pub struct Suspend {
    /// 1 to 1000 characters; the person reads it.
    pub reason: String,
    /// 1 to 3650; without it, there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 3650))]
    pub days: Option<i64>,
}

impl Suspend {
    /// Names every fault at once.
    pub fn parse(&self) -> Result<(DecisionReason, Option<i64>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let reason = errors.check("reason", DecisionReason::parse(&self.reason));
        if self.days.is_some_and(|days| !(1..=MAX_SUSPENSION_DAYS).contains(&days)) {
            errors.push("days", "out_of_range", format!("1 to {MAX_SUSPENSION_DAYS} days, or no end."));
        }
        reason.filter(|_| errors.is_empty()).map(|reason| (reason, self.days)).ok_or(errors)
    }
}

/// Why something is done: `POST /admin/people/{id}/lift`, `…/end-sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WithReason {
    /// 1 to 1000 characters; the person reads it.
    pub reason: String,
}

impl WithReason {
    pub fn parse(&self) -> Result<DecisionReason, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("reason", DecisionReason::parse(&self.reason)).ok_or(errors)
    }
}

/// `DELETE /admin/people/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasePerson {
    /// The person's, typed in: it cannot be taken back.
    pub name: String,
    /// 1 to 1000 characters.
    pub reason: String,
}

/// Where a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    #[default]
    Open,
    /// Somebody is at it.
    Taken,
    Closed,
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportDecision {
    /// Nothing wrong was found.
    Unfounded,
    /// It was right, and something was done.
    Warranted,
}

/// A report as those who decide see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportCase {
    pub id: ReportId,
    pub about: ReportAbout,
    pub about_id: Uuid,
    pub reason: ReportReason,
    pub words: String,
    pub made_at: DateTime<Utc>,
    pub state: ReportState,
    pub reporter: Named,
    /// Nobody alone where it is a group, or where they have left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_by: Option<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ReportDecision>,
    /// What was written when it was closed.
    pub note: String,
}

/// A report with all that there is to decide by: `GET /admin/reports/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportFile {
    #[serde(flatten)]
    pub case: ReportCase,
    /// As it was when it was reported.
    pub evidence: Evidence,
    /// Earlier reports on the same person, the last first, without their evidence.
    pub earlier: Vec<ReportCase>,
}

/// `POST /admin/reports/{id}/close`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"decision": "warranted", "note": "Suspended for 30 days."})))]
pub struct CloseReport {
    pub decision: ReportDecision,
    /// 1 to 1000 characters, for those who look after the place.
    pub note: String,
}

impl CloseReport {
    pub fn parse(&self) -> Result<DecisionReason, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("note", DecisionReason::parse(&self.note)).ok_or(errors)
    }
}

/// A suspension as those who decide see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuspensionCase {
    pub id: SuspensionId,
    pub person: Named,
    pub by: Named,
    pub suspension: Suspension,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<DateTime<Utc>>,
}

/// A suspension, as the one who is suspended sees it: `GET /me/suspension`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suspension {
    pub reason: String,
    pub began_at: DateTime<Utc>,
    /// Absent when there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
}

/// What was said against a suspension, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Appeal {
    pub words: String,
    pub made_at: DateTime<Utc>,
    /// Absent until it is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `POST /me/suspension/appeal`: once a suspension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MakeAppeal {
    /// 1 to 2000 characters.
    pub words: String,
}

impl MakeAppeal {
    pub fn parse(&self) -> Result<AppealWords, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("words", AppealWords::parse(&self.words)).ok_or(errors)
    }
}

/// `POST /admin/appeals/{id}/decide`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideAppeal {
    /// Granting it lifts the suspension.
    pub grant: bool,
    /// 1 to 1000 characters; the person reads it.
    pub note: String,
}

impl DecideAppeal {
    pub fn parse(&self) -> Result<DecisionReason, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.check("note", DecisionReason::parse(&self.note)).ok_or(errors)
    }
}
