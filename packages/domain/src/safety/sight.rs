//! Who may see whom: the one rule behind profiles, balloons and reports.

use balloond_database::{
    AsyncPgConnection, QueryResult,
    safety::{Ties, ties},
};
use balloond_shared::{ErrorCode, UserId, balloon::PAIR_COOLDOWN_DAYS};
use chrono::{DateTime, TimeDelta, Utc};

use crate::Result;

/// Whoever blocked, was blocked or left is not there. Whom one knows is. Of the others those are not there who take a pause, and
/// those whom one floated a balloon: until it is caught, or may be floated again, nothing is to tell what became of it.
pub(crate) const fn may_see(ties: &Ties) -> bool {
    !ties.blocked && !ties.absent && (ties.together || ties.waiting || !(ties.paused || ties.floated))
}

/// What stands between the two at this moment, and what binds them.
pub(crate) async fn ties_of(
    conn: &mut AsyncPgConnection,
    viewer: UserId,
    other: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Ties>> {
    ties(conn, viewer, other, now, now - TimeDelta::days(PAIR_COOLDOWN_DAYS)).await
}

/// `NotFound` when `other` is not there for `viewer`.
pub(crate) async fn require_sight(conn: &mut AsyncPgConnection, viewer: UserId, other: UserId) -> Result<()> {
    let is_seen = viewer == other || ties_of(conn, viewer, other, Utc::now()).await?.as_ref().is_some_and(may_see);
    if is_seen { Ok(()) } else { Err(ErrorCode::NotFound.into()) }
}
