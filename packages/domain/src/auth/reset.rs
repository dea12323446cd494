//! The forgotten password.

use balloond_database::{AsyncConnection, account, api_token, verification};
use balloond_shared::{
    Email, FieldErrors,
    auth::{ForgotPassword, ResetPassword},
};
use chrono::Utc;

use super::{
    Client,
    access_log::{self, Way},
    code::{Purpose, redeem},
    common::refuse_common,
    letters::Change,
    verify::wrong_code,
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits, realtime,
    services::run_to_end,
};

/// Mails a code to whoever's account it is. Whether there is one is found out by the job alone: what is answered here, and after
/// which work, is the same.
#[tracing::instrument(name = "auth.forgot_password", level = "trace", skip_all)]
pub async fn forgot_password(services: &Services, request: &ForgotPassword, client: &Client) -> Result<()> {
    let email = parse_email(&request.email)?;
    limits::check(services, &limits::FORGOT_BY_ADDRESS, &limits::address(client.address)).await?;
    limits::check(services, &limits::FORGOT_BY_EMAIL, &limits::secret(email.as_str())).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        job::enqueue(&mut conn, &Job::MailReset { email: email.as_str().to_owned() }).await
    })
    .await
}

/// Sets a new password by the code that was mailed, and ends all sessions and tokens. `Invalid` (field `code`) when that is not right or too
/// old, or nobody's.
#[tracing::instrument(name = "auth.reset_password", level = "trace", skip_all)]
pub async fn reset_password(services: &Services, request: &ResetPassword, client: &Client) -> Result<()> {
    let (email, password) = request.parse()?;
    refuse_common(password.expose(), &[email.as_str()])?;
    limits::check(services, &limits::FORGOT_BY_ADDRESS, &limits::address(client.address)).await?;
    limits::check(services, &limits::RESET_BY_EMAIL, &limits::secret(email.as_str())).await?;
    // Whatever comes of it, the work is done.
    let hash = services.passwords.hash(password.expose().to_owned()).await?;
    let (services, code, client) = (services.clone(), request.code.clone(), client.clone());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let ended = conn
            .transaction(async |conn| {
                let Some(user) = verification::verified(conn, email.as_str()).await? else { return Ok(None) };
                if !redeem(&services, conn, user, Purpose::Reset, &code).await? {
                    return Ok(None);
                }
                account::set_password_hash(conn, user, &hash).await?;
                let now = Utc::now();
                let mut ended = account::revoke_others(conn, user, None, now).await?;
                ended.extend(api_token::revoke_all(conn, user, now).await?);
                job::enqueue(conn, &Job::MailChange { user, change: Change::NewPassword }).await?;
                Ok::<_, Error>(Some(ended))
            })
            .await?;
        drop(conn);
        let ended = ended.ok_or_else(|| {
            access_log::refused(Way::NewPassword, &client);
            wrong_code()
        })?;
        for session in ended {
            realtime::tell_session_revoked(&services, session).await;
        }
        Ok(())
    })
    .await
}

fn parse_email(text: &str) -> Result<Email, FieldErrors> {
    let mut errors = FieldErrors::default();
    errors.check("email", Email::parse(text)).ok_or(errors)
}
