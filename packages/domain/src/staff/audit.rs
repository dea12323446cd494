//! The log of what was done, for administrators; and what of it is about oneself.

use balloond_database::{AsyncPgConnection, Keyset, audit as log};
use balloond_shared::{
    AuditId, Page, UserId, page,
    staff::{AuditEntry, Deed, Named, RecordEntry, StaffRole},
};
use chrono::{SubsecRound, Utc};

use super::Staff;
use crate::{Error, Result, Services, Viewer};

/// What is written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// `None`: the command of whoever runs the servers.
    pub(super) by: Option<Staff>,
    /// Whoever is named here reads it on a page of their own.
    pub(super) about: Option<UserId>,
    pub(super) deed: Deed,
    pub(super) details: &'a str,
    pub(super) reason: &'a str,
}

#[derive(Debug, thiserror::Error)]
#[error("the audit log has a deed that this release does not know")]
struct UnknownDeed;

/// Adds an entry; in the transaction of the deed.
pub(super) async fn note(conn: &mut AsyncPgConnection, entry: Entry<'_>) -> Result<()> {
    let row = log::NewEntry {
        id: AuditId::new(),
        actor_id: entry.by.map(|staff| staff.viewer.user),
        subject_id: entry.about,
        deed: entry.deed.name(),
        details: entry.details,
        reason: entry.reason,
        done_at: Utc::now().trunc_subsecs(6),
    };
    Ok(log::add(conn, &row).await?)
}

/// All that was done, the last first. `Forbidden` for moderators.
#[tracing::instrument(name = "staff.audit", level = "trace", skip_all)]
pub async fn audit(
    services: &Services,
    staff: Staff,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AuditEntry>> {
    staff.require(StaffRole::Administrator)?;
    entries(services, None, cursor, limit).await
}

/// What was done about the viewer, the last first; not by whom.
#[tracing::instrument(name = "staff.record", level = "trace", skip_all)]
pub async fn record(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<RecordEntry>> {
    let page = entries(services, Some(viewer.user), cursor, limit).await?;
    let items = page.items.into_iter().map(|entry| {
        let AuditEntry { id, deed, details, reason, done_at, .. } = entry;
        RecordEntry { id, deed, details, reason, done_at }
    });
    Ok(Page { items: items.collect(), next: page.next })
}

/// What was done about somebody, or at all.
pub(super) async fn entries(
    services: &Services,
    about: Option<UserId>,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AuditEntry>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let page = keyset.page(log::list(&mut conn, about, keyset).await?, |row| row.id.as_uuid());
    let items = page.items.into_iter().map(present).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

fn present(row: log::Entry) -> Result<AuditEntry> {
    let named = |id: Option<UserId>, name: Option<String>| id.zip(name).map(|(id, name)| Named { id, name });
    Ok(AuditEntry {
        id: row.id,
        deed: Deed::by_name(&row.deed).ok_or_else(|| Error::internal(UnknownDeed))?,
        details: row.details,
        reason: row.reason,
        done_at: row.done_at,
        by: named(row.actor_id, row.actor_name),
        about: named(row.subject_id, row.subject_name),
    })
}
