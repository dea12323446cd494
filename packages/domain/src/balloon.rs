//! Balloons: float, catch, pop, withdraw.
//!
//! A sender learns of one thing only: that a balloon was caught. So whatever else a sender can observe (the list, the cooldown of the
//! pair, the budget, the answer to withdrawing) is the same for a balloon that was popped, has expired or was never looked at.

mod answer;
mod float;

use balloond_database::{Keyset, balloon, chat, user};
use balloond_shared::{
    BalloonId, ChatId, Page, UserId,
    balloon::{DAILY_BUDGET, PAIR_COOLDOWN_DAYS, ReceivedBalloon, SentBalloon, SentState},
    group::InvitedTo,
    page,
    people::Person,
};
use chrono::{DateTime, Duration, Utc};

pub use answer::{catch, pop, withdraw};
pub use float::float;

use crate::{Result, Services, Viewer, present};

/// How the viewer stands to somebody: what a profile offers to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the viewer.
    Oneself,
    /// May be floated a balloon.
    Open,
    /// Was floated one not long ago; whatever became of it.
    Floated,
    /// Has floated the viewer one.
    Waiting(BalloonId),
    Chatting(ChatId),
}

/// Balloons waiting for the viewer, newest first.
#[tracing::instrument(name = "balloon.received", level = "trace", skip_all)]
pub async fn received(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ReceivedBalloon>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let rows = balloon::received(&mut conn, viewer.user, Utc::now(), keyset).await?;
    let page = keyset.page(rows, |(balloon, ..)| balloon.id.as_uuid());
    let items = page
        .items
        .into_iter()
        .map(|(row, from, title)| received_balloon(row, present::person(&services.storage, from), title));
    Ok(Page { items: items.collect(), next: page.next })
}

/// Balloons the viewer floated, newest first.
#[tracing::instrument(name = "balloon.sent", level = "trace", skip_all)]
pub async fn sent(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<SentBalloon>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let rows = balloon::sent(&mut conn, viewer.user, keyset).await?;
    let page = keyset.page(rows, |(balloon, ..)| balloon.id.as_uuid());
    let items =
        page.items.into_iter().map(|(row, to, title)| sent_balloon(row, present::person(&services.storage, to), title));
    Ok(Page { items: items.collect(), next: page.next })
}

/// How the viewer stands to `user`.
#[tracing::instrument(name = "balloon.standing", level = "trace", skip_all)]
pub async fn standing(services: &Services, viewer: Viewer, user: UserId) -> Result<Standing> {
    if user == viewer.user {
        return Ok(Standing::Oneself);
    }
    let mut conn = services.database.primary().await?;
    Ok(standing_of(&mut conn, viewer.user, user, Utc::now()).await?)
}

/// Balloons the viewer may still float in the running 24 hours.
#[tracing::instrument(name = "balloon.budget_left", level = "trace", skip_all)]
pub async fn budget_left(services: &Services, viewer: Viewer) -> Result<i64> {
    let mut conn = services.database.primary().await?;
    let spent = balloon::times_since(&mut conn, viewer.user, day_before(Utc::now())).await?;
    Ok((DAILY_BUDGET - i64::try_from(spent.len()).unwrap_or(DAILY_BUDGET)).max(0))
}

/// The one place for what two people are to each other.
async fn standing_of(
    conn: &mut balloond_database::AsyncPgConnection,
    viewer: UserId,
    other: UserId,
    now: DateTime<Utc>,
) -> balloond_database::QueryResult<Standing> {
    if let Some(chat) = chat::direct(conn, viewer, other).await? {
        return Ok(Standing::Chatting(chat));
    }
    if let Some(balloon) = balloon::waiting_from(conn, other, viewer, now).await? {
        return Ok(Standing::Waiting(balloon));
    }
    let cooldown_began = now - Duration::days(PAIR_COOLDOWN_DAYS);
    let floated = balloon::floated_since(conn, viewer, other, cooldown_began).await?;
    Ok(if floated { Standing::Floated } else { Standing::Open })
}

fn day_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now - Duration::hours(24)
}

/// `title`: of the group that it leads into.
pub(crate) fn received_balloon(row: balloon::Balloon, from: Person, title: Option<String>) -> ReceivedBalloon {
    let group = invited_to(&row, title);
    ReceivedBalloon { id: row.id, from, note: row.note, sent_at: row.sent_at, expires_at: row.expires_at, group }
}

/// Whom it was for is told of a caught one alone: a person who is gone, or not to be seen any more, would tell what became of it.
/// `title`: of the group that it leads into.
pub(crate) fn sent_balloon(row: balloon::Balloon, to: Person, title: Option<String>) -> SentBalloon {
    let caught = row.state == balloon::CAUGHT;
    SentBalloon {
        id: row.id,
        to: caught.then_some(to),
        group: invited_to(&row, title),
        note: row.note,
        state: if caught { SentState::Caught } else { SentState::Floating },
        sent_at: row.sent_at,
        chat: row.chat_id.filter(|_| caught),
    }
}

fn invited_to(row: &balloon::Balloon, title: Option<String>) -> Option<InvitedTo> {
    row.group_id.zip(title).map(|(id, title)| InvitedTo { id, title })
}

pub(crate) async fn person(
    services: &Services,
    conn: &mut balloond_database::AsyncPgConnection,
    id: UserId,
) -> Result<Option<Person>> {
    Ok(user::card(conn, id).await?.map(|card| present::person(&services.storage, card)))
}
