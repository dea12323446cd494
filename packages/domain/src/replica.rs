//! Where a person reads what may be a moment old: from the replica, where there is one, unless they wrote a moment ago and would look
//! for that.

use std::time::Duration;

use balloond_database::Connection;

use crate::{Result, Services, Viewer};

/// How long somebody reads from the primary after writing: longer than a replica that is read from may lag
/// ([`balloond_database::LAG_LIMIT`]).
const OWN_WRITES: Duration = Duration::from_secs(5);

/// Says that the viewer's request changed something. With Redis away it is not known who wrote, and all read from the primary.
pub async fn note_write(services: &Services, viewer: Viewer) {
    if services.database.has_replica() {
        _ = services.cache.note_write(viewer.user.as_uuid(), OWN_WRITES).await;
    }
}

pub(crate) async fn connection(services: &Services, viewer: Viewer) -> Result<Connection> {
    let is_there = services.database.has_replica();
    let reads_own = is_there && services.cache.wrote_lately(viewer.user.as_uuid()).await.unwrap_or(true);
    Ok(if reads_own { services.database.primary().await? } else { services.database.replica().await? })
}
