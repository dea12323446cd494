//! The reports, as those who decide see them.

use balloond_database::{AsyncConnection, Keyset, moderation};
use balloond_shared::{
    ErrorCode, Page, ReportId,
    moderation::{CloseReport, ReportCase, ReportDecision, ReportFile, ReportState},
    page,
    staff::{Deed, Named},
};
use chrono::Utc;

use super::{
    Staff,
    audit::{Entry, note},
};
use crate::{
    Error, Result, Services,
    safety::{evidence_of, name, read},
    services::run_to_end,
};

/// The reports in a state, the last first.
#[tracing::instrument(name = "staff.reports", level = "trace", skip_all)]
pub async fn reports(
    services: &Services,
    _staff: Staff,
    state: ReportState,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ReportCase>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let page = keyset.page(moderation::reports(&mut conn, &name(state)?, keyset).await?, |row| row.id.as_uuid());
    let items = page.items.into_iter().map(present).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// A report with its evidence, and what else was reported of the same person.
#[tracing::instrument(name = "staff.report", level = "trace", skip_all)]
pub async fn report(services: &Services, _staff: Staff, id: ReportId) -> Result<ReportFile> {
    let mut conn = services.database.primary().await?;
    let row = moderation::report(&mut conn, id).await?.ok_or(ErrorCode::NotFound)?;
    let earlier = match row.reported_id {
        Some(person) => moderation::reports_on(&mut conn, person, Some(id)).await?,
        None => Vec::new(),
    };
    drop(conn);
    let evidence = evidence_of(services, id, row.evidence.clone()).await?;
    Ok(ReportFile { evidence, earlier: earlier.into_iter().map(present).collect::<Result<_>>()?, case: present(row)? })
}

/// Takes a report on, also from a colleague. `Stale` when it is closed; `Forbidden` for whoever made it or is reported.
#[tracing::instrument(name = "staff.take_report", level = "trace", skip_all)]
pub async fn take_report(services: &Services, staff: Staff, id: ReportId) -> Result<()> {
    change(services, staff, id, None).await
}

/// Closes a report. The reasons stay among those who decide. `Stale`, `Forbidden` as [`take_report`].
#[tracing::instrument(name = "staff.close_report", level = "trace", skip_all)]
pub async fn close_report(services: &Services, staff: Staff, id: ReportId, request: &CloseReport) -> Result<()> {
    let note = request.parse()?;
    change(services, staff, id, Some((request.decision, note.into_string()))).await
}

/// Who is reported is named in no entry: they would learn that somebody reported them.
async fn change(
    services: &Services,
    staff: Staff,
    id: ReportId,
    closing: Option<(ReportDecision, String)>,
) -> Result<()> {
    let (services, me) = (services.clone(), staff.viewer.user);
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let row = moderation::report(conn, id).await?.ok_or(ErrorCode::NotFound)?;
            if row.reporter_id == me || row.reported_id == Some(me) {
                return Err(Error::from(ErrorCode::Forbidden));
            }
            let (deed, reason, is_done) = match &closing {
                None => (Deed::ReportTaken, "", moderation::take(conn, id, me).await?),
                Some((decision, words)) => {
                    let done = moderation::close(conn, id, me, &name(*decision)?, words, Utc::now()).await?;
                    (Deed::ReportClosed, words.as_str(), done)
                }
            };
            if !is_done {
                return Err(ErrorCode::Stale.into());
            }
            note(conn, Entry { by: Some(staff), about: None, deed, details: &id.to_string(), reason }).await
        })
        .await
    })
    .await
}

pub(super) fn present(row: moderation::Report) -> Result<ReportCase> {
    let named = |id: Option<_>, name: Option<String>| id.zip(name).map(|(id, name)| Named { id, name });
    Ok(ReportCase {
        id: row.id,
        about: read(row.about.into())?,
        about_id: row.about_id,
        reason: read(row.reason.into())?,
        words: row.words,
        made_at: row.created_at,
        state: read(row.state.into())?,
        reporter: Named { id: row.reporter_id, name: row.reporter_name },
        reported: named(row.reported_id, row.reported_name),
        taken_by: named(row.taken_by, row.taken_by_name),
        closed_at: row.closed_at,
        decision: row.decision.map(|decision| read(decision.into())).transpose()?,
        note: row.note,
    })
}
