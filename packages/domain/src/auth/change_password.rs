use balloond_database::{AsyncConnection, QueryError, account, api_token};
use balloond_shared::{ErrorCode, FieldErrors, UserId, auth::ChangePassword};
use chrono::Utc;

use super::{Viewer, passwords::Verdict};
use crate::{Result, Services, limits, realtime, services::run_to_end};

/// Changes the viewer's password and ends their other sessions, and the tokens that they made. `Invalid` (field `current_password`) when that is wrong.
pub async fn change_password(services: &Services, viewer: Viewer, request: &ChangePassword) -> Result<()> {
    let password = request.parse()?;
    require_password(services, viewer.user, "current_password", &request.current_password).await?;
    let hash = services.passwords.hash(password.expose().to_owned()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let ended = conn
            .transaction::<_, QueryError, _>(async |conn| {
                account::set_password_hash(conn, viewer.user, &hash).await?;
                let now = Utc::now();
                let mut ended = account::revoke_others(conn, viewer.user, Some(viewer.session), now).await?;
                ended.extend(api_token::revoke_all(conn, viewer.user, now).await?);
                Ok(ended)
            })
            .await?;
        drop(conn);
        for session in ended {
            realtime::tell_session_revoked(&services, session).await;
        }
        Ok(())
    })
    .await
}

/// Asks a signed-in person for their password once more: a session that was left open is not enough for what cannot be taken
/// back. `Invalid`, naming `field`, when it is wrong.
pub(crate) async fn require_password(services: &Services, user: UserId, field: &str, password: &str) -> Result<()> {
    limits::check(services, &limits::PASSWORD_BY_ACCOUNT, &user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    let stored = account::password_hash(&mut conn, user).await?.ok_or(ErrorCode::Unauthenticated)?;
    drop(conn);
    if services.passwords.verify(password.to_owned(), Some(stored)).await? == Verdict::Wrong {
        return Err(FieldErrors::one(field, "wrong", "That is not your password.").into());
    }
    limits::reset(services, &limits::PASSWORD_BY_ACCOUNT, &user.to_string()).await;
    Ok(())
}
