//! Proving that an email is one's own.

use balloond_database::{AsyncConnection, verification, violated_unique};
use balloond_shared::{ErrorCode, FieldErrors, UserId, auth::Verify, profile::Me};
use chrono::Utc;

use super::{
    Viewer,
    code::{Purpose, redeem},
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits, profile,
    services::run_to_end,
};

/// Verifies the viewer's email by the code that was mailed. `Invalid` (field `code`) when it is not that, used up or too old.
/// Whoever is verified already stays so.
#[tracing::instrument(name = "auth.verify", level = "trace", skip_all)]
pub async fn verify(services: &Services, viewer: Viewer, request: &Verify) -> Result<Me> {
    verify_account(services, viewer.user, &request.code).await?;
    profile::me(services, viewer).await
}

/// The same by the link of the mail, on whatever device it is opened.
#[tracing::instrument(name = "auth.verify_account", level = "trace", skip_all)]
pub async fn verify_account(services: &Services, user: UserId, code: &str) -> Result<()> {
    if code.trim().is_empty() {
        return Err(FieldErrors::one("code", "required", "The code from the mail is needed.").into());
    }
    limits::check(services, &limits::CODE_BY_ACCOUNT, &user.to_string()).await?;
    let (services, code) = (services.clone(), code.to_owned());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let verified = conn
            .transaction(async |conn| {
                let addressee = verification::addressee(conn, user).await?;
                if addressee.is_some_and(|addressee| addressee.verified_at.is_some()) {
                    return Ok(true);
                }
                if !redeem(&services, conn, user, Purpose::Verify, &code).await? {
                    return Ok(false);
                }
                verification::verify(conn, user, Utc::now()).await?;
                Ok::<_, Error>(true)
            })
            .await;
        drop(conn);
        match verified {
            Ok(true) => {
                profile::forget(&services, user).await;
                Ok(())
            }
            Ok(false) => Err(wrong_code()),
            // Two verify one email at the same moment: the second has come too late, and is told no more than that.
            Err(Error::Internal(error)) if is_taken(&*error) => Err(wrong_code()),
            Err(error) => Err(error),
        }
    })
    .await
}

/// Mails the viewer another code; the last one works no more.
#[tracing::instrument(name = "auth.resend_code", level = "trace", skip_all)]
pub async fn resend_code(services: &Services, viewer: Viewer) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let addressee = verification::addressee(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    drop(conn);
    limits::check(services, &limits::MAIL_BY_ACCOUNT, &viewer.user.to_string()).await?;
    limits::check(services, &limits::VERIFICATION_BY_EMAIL, &limits::secret(&addressee.email)).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        job::enqueue(&mut conn, &Job::MailVerification { user: viewer.user }).await
    })
    .await
}

pub(super) fn wrong_code() -> Error {
    FieldErrors::one("code", "wrong", "This code is not right, or too old. Ask for another one.").into()
}

fn is_taken(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let query = error.downcast_ref::<balloond_database::QueryError>();
    query.and_then(violated_unique) == Some(verification::VERIFIED_EMAIL_KEY)
}
