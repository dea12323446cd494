//! People, as those who look after the place see them.

use balloond_database::{AsyncConnection, Keyset, account, moderation, photo, user};
use balloond_shared::{
    ErrorCode, FieldErrors, Page, UserId,
    leaving::Erasure,
    moderation::{ErasePerson, PersonEntry, PersonFile, WithReason},
    page,
    staff::{Deed, StaffRole},
};

use super::{
    Staff, appeals,
    audit::{Entry, entries, note},
    reports,
    suspend::lock,
};
use crate::{Result, Services, auth, leaving, present, services::run_to_end};

/// Somebody by their id, by their whole email, or by a part of their name, the newest first.
#[tracing::instrument(name = "staff.people", level = "trace", skip_all)]
pub async fn people(
    services: &Services,
    _staff: Staff,
    q: &str,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<PersonEntry>> {
    let (keyset, q) = (Keyset::parse(cursor, page::limit(limit))?, q.trim());
    if q.chars().count() > 254 {
        return Err(FieldErrors::one("q", "too_long", "This is longer than any name or email.").into());
    }
    let mut conn = services.database.primary().await?;
    let id: Option<UserId> = q.parse().ok();
    if id.is_some() || q.contains('@') {
        let found = moderation::known_as(&mut conn, id, q).await?;
        return Ok(Page { items: found.into_iter().map(entry).collect(), next: None });
    }
    let page = keyset.page(moderation::named(&mut conn, q, keyset).await?, |row| row.id.as_uuid());
    Ok(Page { items: page.items.into_iter().map(entry).collect(), next: page.next })
}

/// All about somebody; their email for administrators alone.
#[tracing::instrument(name = "staff.person", level = "trace", skip_all)]
pub async fn person(services: &Services, staff: Staff, id: UserId) -> Result<PersonFile> {
    let mut conn = services.database.primary().await?;
    let row = user::find(&mut conn, id).await?.ok_or(ErrorCode::NotFound)?;
    let found = moderation::known_as(&mut conn, Some(id), "").await?.into_iter().next().ok_or(ErrorCode::NotFound)?;
    let photos = photo::of_user(&mut conn, id).await?;
    let reported = moderation::reports_on(&mut conn, id, None).await?;
    let suspensions = moderation::suspensions_of(&mut conn, id).await?;
    let sessions = account::open_sessions(&mut conn, id, chrono::Utc::now(), auth::MOST_SESSIONS).await?;
    drop(conn);
    Ok(PersonFile {
        entry: entry(found),
        email: (staff.role == StaffRole::Administrator).then(|| row.email.clone()),
        profile: present::profile(&services.storage, row, photos),
        sessions: sessions.into_iter().map(|device| auth::present_device(device, None)).collect(),
        reports: reported.into_iter().map(reports::present).collect::<Result<_>>()?,
        suspensions: suspensions.into_iter().map(appeals::present).collect(),
        log: entries(services, Some(id), None, Some(page::MAX_LIMIT)).await?.items,
    })
}

/// Erases somebody, as if they had left by themselves. `Forbidden` for moderators, oneself, and those with a role; `Invalid` (field `name`)
/// when that is not theirs.
#[tracing::instrument(name = "staff.erase_person", level = "trace", skip_all)]
pub async fn erase_person(services: &Services, staff: Staff, id: UserId, request: &ErasePerson) -> Result<Erasure> {
    staff.require(StaffRole::Administrator)?;
    let reason = WithReason { reason: request.reason.clone() }.parse()?;
    let (services, typed) = (services.clone(), request.name.trim().to_owned());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            let person = lock(conn, staff, id).await?;
            if person.name != typed {
                return Err(FieldErrors::one("name", "wrong", "That is not their name.").into());
            }
            let entry =
                Entry { by: Some(staff), about: Some(id), deed: Deed::Erased, details: "", reason: reason.as_str() };
            note(conn, entry).await?;
            leaving::remove(conn, id).await
        });
        let gone = transaction.await?;
        drop(conn);
        gone.tell(&services, id).await
    })
    .await
}

fn entry(row: moderation::Person) -> PersonEntry {
    PersonEntry {
        id: row.id,
        name: row.name,
        joined_at: row.created_at,
        verified: row.verified,
        suspended: row.suspended,
        role: row.role.as_deref().and_then(StaffRole::by_name),
    }
}
