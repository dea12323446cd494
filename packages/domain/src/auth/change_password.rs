use balloond_database::{AsyncConnection, account, api_token, verification};
use balloond_shared::{ErrorCode, FieldErrors, UserId, auth::ChangePassword};
use chrono::Utc;

use super::{Viewer, common::refuse_common, letters::Change, passwords::Verdict};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits, realtime,
    services::run_to_end,
};

/// Changes the viewer's password and ends their other sessions, and the tokens that they made. `Invalid` (field `current_password`) when that is wrong.
#[tracing::instrument(name = "auth.change_password", level = "trace", skip_all)]
pub async fn change_password(services: &Services, viewer: Viewer, request: &ChangePassword) -> Result<()> {
    let password = request.parse()?;
    require_password(services, viewer.user, "current_password", &request.current_password).await?;
    let mut conn = services.database.primary().await?;
    let addressee = verification::addressee(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    drop(conn);
    refuse_common(password.expose(), &[&addressee.email])?;
    let hash = services.passwords.hash(password.expose().to_owned()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let ended = conn
            .transaction(async |conn| {
                account::set_password_hash(conn, viewer.user, &hash).await?;
                let now = Utc::now();
                let mut ended = account::revoke_others(conn, viewer.user, Some(viewer.session), now).await?;
                ended.extend(api_token::revoke_all(conn, viewer.user, now).await?);
                job::enqueue(conn, &Job::MailChange { user: viewer.user, change: Change::NewPassword }).await?;
                Ok::<_, Error>(ended)
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
