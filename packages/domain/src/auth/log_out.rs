use balloond_database::account;
use chrono::Utc;

use super::Viewer;
use crate::{Result, Services, realtime, services::run_to_end};

/// Ends the viewer's session, at once and everywhere.
#[tracing::instrument(name = "auth.log_out", level = "trace", skip_all)]
pub async fn log_out(services: &Services, viewer: Viewer) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        // The connection goes back before anybody is told.
        let mut conn = services.database.primary().await?;
        account::revoke(&mut conn, viewer.session, Utc::now()).await?;
        drop(conn);
        realtime::tell_session_revoked(&services, viewer.session).await;
        Ok(())
    })
    .await
}
