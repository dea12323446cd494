//! The second step: a code from an app, asked for after the password.

use balloond_database::{AsyncConnection, AsyncPgConnection, second_step, verification};
use balloond_shared::{
    ErrorCode, FieldErrors, UserId,
    auth::SignedIn,
    second_step::{ConfirmSecondStep, Enrolment, RecoveryCodes, SecondStep, SecondStepState, WithPassword},
};
use chrono::Utc;
use qrcode::{Color, EcLevel, QrCode};
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use super::{
    Client, Viewer,
    access_log::{self, Way},
    change_password::require_password,
    code::{Purpose, hash, normal, random},
    letters::Change,
    refresh_token::RefreshToken,
    session,
    ticket::Ticket,
    totp,
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits,
    services::run_to_end,
};

/// How many codes on paper somebody gets.
const RECOVERY_CODES: usize = 10;
/// Secrets that are sealed anew at a time.
const BATCH: i64 = 100;
/// White around a QR code, in its squares (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// Whether the viewer has a second step.
#[tracing::instrument(name = "auth.second_step_state", level = "trace", skip_all)]
pub async fn second_step_state(services: &Services, viewer: Viewer) -> Result<SecondStepState> {
    let mut conn = services.database.primary().await?;
    let left = second_step::left(&mut conn, viewer.user).await?;
    Ok(SecondStepState { is_on: left.is_some(), recovery_codes: left.unwrap_or_default() })
}

/// Begins setting an app up: makes its secret. Nothing is asked for until a code of it was confirmed. `SecondStepOn`; `Invalid`
/// (field `password`).
#[tracing::instrument(name = "auth.begin_second_step", level = "trace", skip_all)]
pub async fn begin_second_step(services: &Services, viewer: Viewer, request: &WithPassword) -> Result<Enrolment> {
    require_password(services, viewer.user, "password", &request.password).await?;
    let secret: [u8; totp::SECRET] = rand::random();
    let sealed = services.seals.seal(&owner(viewer.user), &secret)?;
    let mut conn = services.database.primary().await?;
    let addressee = verification::addressee(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    if !second_step::begin(&mut conn, viewer.user, &sealed).await? {
        return Err(ErrorCode::SecondStepOn.into());
    }
    enrolment(&addressee.email, &secret)
}

/// What is being set up, to be shown once more. `NotFound` when nothing is.
#[tracing::instrument(name = "auth.begun_second_step", level = "trace", skip_all)]
pub async fn begun_second_step(services: &Services, viewer: Viewer) -> Result<Enrolment> {
    let mut conn = services.database.primary().await?;
    let addressee = verification::addressee(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    let sealed = second_step::begun(&mut conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
    enrolment(&addressee.email, &services.seals.open(&owner(viewer.user), &sealed)?)
}

/// Turns the second step on by a code from the app, and answers the codes for when the app is lost. `NotFound` when nothing is
/// being set up; `Invalid` (field `code`).
#[tracing::instrument(name = "auth.confirm_second_step", level = "trace", skip_all)]
pub async fn confirm_second_step(
    services: &Services,
    viewer: Viewer,
    request: &ConfirmSecondStep,
) -> Result<RecoveryCodes> {
    limits::check(services, &limits::SECOND_STEP_BY_ACCOUNT, &viewer.user.to_string()).await?;
    let (services, typed) = (services.clone(), request.code.clone());
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            let sealed = second_step::begun(conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
            let secret = services.seals.open(&owner(viewer.user), &sealed)?;
            let now = Utc::now();
            let step = totp::step_of(&secret, &typed, now.timestamp(), 0).ok_or_else(wrong_code)?;
            second_step::confirm(conn, viewer.user, step, now).await?;
            tell(conn, viewer.user, Change::SecondStepOn).await?;
            new_recovery_codes(&services, conn, viewer.user).await
        })
        .await
    })
    .await
}

/// Other codes on paper in the place of the last ones. `NotFound` without a second step; `Invalid` (field `password`).
#[tracing::instrument(name = "auth.renew_recovery_codes", level = "trace", skip_all)]
pub async fn renew_recovery_codes(
    services: &Services,
    viewer: Viewer,
    request: &WithPassword,
) -> Result<RecoveryCodes> {
    require_password(services, viewer.user, "password", &request.password).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            second_step::lock(conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
            tell(conn, viewer.user, Change::RecoveryCodes).await?;
            new_recovery_codes(&services, conn, viewer.user).await
        })
        .await
    })
    .await
}

/// Turns the second step off. `Invalid` (field `password`).
#[tracing::instrument(name = "auth.end_second_step", level = "trace", skip_all)]
pub async fn end_second_step(services: &Services, viewer: Viewer, request: &WithPassword) -> Result<()> {
    require_password(services, viewer.user, "password", &request.password).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            if second_step::delete(conn, viewer.user).await? {
                tell(conn, viewer.user, Change::SecondStepOff).await?;
            }
            Ok(())
        })
        .await
    })
    .await
}

/// Signs in by a code, after [`super::log_in`] has taken the password. `Unauthenticated` when the ticket is none or too old; `Invalid`
/// (field `code`) when the code is wrong, or was used before.
#[tracing::instrument(name = "auth.take_second_step", level = "trace", skip_all)]
pub async fn take_second_step(services: &Services, request: &SecondStep, client: &Client) -> Result<SignedIn> {
    limits::check(services, &limits::LOG_IN_BY_ADDRESS, &limits::address(client.address)).await?;
    let ticket = Ticket::read(&request.ticket).ok_or(ErrorCode::Unauthenticated)?;
    let user = ticket.user;
    limits::check(services, &limits::SECOND_STEP_BY_ACCOUNT, &user.to_string()).await?;
    let refresh_token = RefreshToken::new();
    let (task, typed, from, token) = (services.clone(), request.code.clone(), client.clone(), refresh_token.clone());
    let taken = run_to_end(async move {
        let mut conn = task.database.primary().await?;
        conn.transaction(async |conn| {
            let factor = second_step::lock(conn, user).await?.ok_or(ErrorCode::Unauthenticated)?;
            let now = Utc::now().timestamp();
            if !ticket.is_genuine(task.tokens.secret(), &factor.password_hash, now) {
                return Err(Error::from(ErrorCode::Unauthenticated));
            }
            let secret = task.seals.open(&owner(user), &factor.sealed)?;
            match totp::step_of(&secret, &typed, now, factor.last_step) {
                Some(step) => second_step::take_step(conn, user, step).await.map(drop)?,
                None => {
                    let hash = hash(&task, user, Purpose::Recover, &normal(&typed));
                    if !second_step::take_recovery_code(conn, user, &hash).await? {
                        return Err(wrong_code());
                    }
                }
            }
            Ok(session::open(conn, user, &from, &token).await?)
        })
        .await
    })
    .await;
    let viewer = taken.inspect_err(|_| access_log::refused(Way::SecondStep, client))?;
    access_log::signed_in(Way::SecondStep, viewer, client);
    limits::reset(services, &limits::SECOND_STEP_BY_ACCOUNT, &user.to_string()).await;
    session::signed_in(services, viewer, &refresh_token).await
}

/// Seals anew, under the first key, what another one sealed; for the job. What cannot be opened stays as it is.
pub(crate) async fn reseal(services: &Services) -> Result<()> {
    let mut after = UserId::from_uuid(Uuid::nil());
    loop {
        let mut conn = services.database.primary().await?;
        let last = conn
            .transaction(async |conn| {
                let rows = second_step::sealed_otherwise(conn, services.seals.first()?, after, BATCH).await?;
                let (mut users, mut sealed) = (Vec::new(), Vec::new());
                for row in &rows {
                    match services.seals.open(&owner(row.user_id), &row.sealed) {
                        Ok(secret) => {
                            users.push(row.user_id);
                            sealed.push(services.seals.seal(&owner(row.user_id), &secret)?);
                        }
                        Err(error) => tracing::error!(%error, "a secret is under a key that is not there"),
                    }
                }
                second_step::put_sealed(conn, &users, &sealed).await?;
                Ok::<_, Error>(rows.last().map(|row| row.user_id))
            })
            .await?;
        let Some(last) = last else { return Ok(()) };
        after = last;
    }
}

/// A mail about it, once it is so.
async fn tell(conn: &mut AsyncPgConnection, user: UserId, change: Change) -> Result<()> {
    job::enqueue(conn, &Job::MailChange { user, change }).await
}

async fn new_recovery_codes(services: &Services, conn: &mut AsyncPgConnection, user: UserId) -> Result<RecoveryCodes> {
    let made: Vec<_> = (0..RECOVERY_CODES).map(|_| random()).collect();
    let hashes: Vec<_> = made.iter().map(|code| hash(services, user, Purpose::Recover, &normal(code))).collect();
    second_step::put_recovery_codes(conn, user, &hashes).await?;
    Ok(RecoveryCodes { codes: made })
}

fn wrong_code() -> Error {
    FieldErrors::one("code", "wrong", "This code is not right, or was used already. Wait for the next one.").into()
}

/// What a sealed secret is bound to: in somebody else's row it cannot be opened.
fn owner(user: UserId) -> String {
    format!("totp {user}")
}

/// As apps take it in, typed or by camera (the key URI format that all of them read).
fn enrolment(email: &str, secret: &[u8]) -> Result<Enrolment> {
    let secret = totp::base32(secret);
    let email: String = byte_serialize(email.as_bytes()).collect();
    let uri = format!("otpauth://totp/Balloon%27d:{email}?secret={secret}&issuer=Balloon%27d");
    Ok(Enrolment { qr: draw(&uri)?, secret, uri })
}

/// A QR code as an SVG: one path, black on white in the dark too, as cameras need it.
fn draw(text: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)?;
    let width = code.width();
    let squares = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path: String = squares
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width.max(1) + QUIET, at / width.max(1) + QUIET))
        .collect();
    let side = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\" \
         aria-label=\"QR code\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_told_whose_secret_it_is() {
        let enrolment = enrolment("ada+x@example.com", b"12345678901234567890").unwrap();
        assert_eq!(enrolment.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            enrolment.uri,
            "otpauth://totp/Balloon%27d:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Balloon%27d"
        );
        assert!(enrolment.qr.starts_with("<svg ") && enrolment.qr.contains("M4 4h1v1h-1z"), "its corner is dark");
    }
}
