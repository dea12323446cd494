//! Who may see whom: the one rule behind profiles and balloons.

use balloond_database::{
    AsyncPgConnection,
    safety::{Ties, ties},
};
use balloond_shared::{ErrorCode, UserId};
use chrono::Utc;

use crate::Result;

/// Whoever blocked or was blocked is not there; who paused is there for those who know them already.
pub(crate) const fn may_see(ties: &Ties) -> bool {
    !ties.blocked && (!ties.paused || ties.together || ties.waiting)
}

/// `NotFound` when `other` is not there for `viewer`.
pub(crate) async fn require_sight(conn: &mut AsyncPgConnection, viewer: UserId, other: UserId) -> Result<()> {
    let is_seen = viewer == other || ties(conn, viewer, other, Utc::now()).await?.as_ref().is_some_and(may_see);
    if is_seen { Ok(()) } else { Err(ErrorCode::NotFound.into()) }
}
