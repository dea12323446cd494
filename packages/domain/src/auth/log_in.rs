use balloond_database::{AsyncConnection, QueryError, account};
use balloond_shared::{
    Email, ErrorCode, FieldErrors,
    auth::{Login, SignedIn},
    second_step::SecondStepNeeded,
};
use chrono::Utc;

use super::{
    Client, Viewer,
    access_log::{self, Way},
    passwords::Verdict,
    refresh_token::RefreshToken,
    session, ticket,
};
use crate::{Result, Services, limits, services::run_to_end};

/// What a right password leads to.
pub enum LoggedIn {
    SignedIn(Box<SignedIn>),
    /// Where there is a second step: see [`super::take_second_step`].
    SecondStep(SecondStepNeeded),
}

impl LoggedIn {
    /// Signed in, unless there is one more step.
    #[must_use]
    pub fn at_once(self) -> Option<SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(*signed_in),
            Self::SecondStep(_) => None,
        }
    }
}

/// Signs in, or asks for the second step. `WrongCredentials` for a wrong password and for an unknown account alike, after the same
/// work.
#[tracing::instrument(name = "auth.log_in", level = "trace", skip_all)]
pub async fn log_in(services: &Services, request: &Login, client: &Client) -> Result<LoggedIn> {
    require(request)?;
    limits::check(services, &limits::LOG_IN_BY_ADDRESS, &limits::address(client.address)).await?;
    let account = limits::secret(&request.email.trim().to_lowercase());
    limits::check(services, &limits::LOG_IN_BY_ACCOUNT, &account).await?;
    let credentials = find(services, &request.email).await?;
    let stored = credentials.as_ref().map(|credentials| credentials.password_hash.clone());
    let verdict = services.passwords.verify(request.password.clone(), stored).await?;
    let Some(credentials) = credentials.filter(|_| verdict != Verdict::Wrong) else {
        access_log::refused(Way::Password, client);
        return Err(ErrorCode::WrongCredentials.into());
    };
    limits::reset(services, &limits::LOG_IN_BY_ACCOUNT, &account).await;
    if credentials.second_step.is_some() {
        let (key, now) = (services.tokens.secret(), Utc::now().timestamp());
        let ticket = ticket::issue(key, credentials.id, &credentials.password_hash, now);
        return Ok(LoggedIn::SecondStep(SecondStepNeeded { ticket, expires_in: ticket::LIFE }));
    }
    let refresh_token = RefreshToken::new();
    let viewer =
        run_to_end(open(services.clone(), credentials, verdict, client.clone(), refresh_token.clone())).await?;
    access_log::signed_in(Way::Password, viewer, client);
    Ok(LoggedIn::SignedIn(Box::new(session::signed_in(services, viewer, &refresh_token).await?)))
}

/// Only that both are there: what was once accepted may be typed again.
fn require(request: &Login) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    for (field, value) in [("email", request.email.trim()), ("password", request.password.as_str())] {
        if value.is_empty() {
            errors.push(field, "required", "This is needed to log in.");
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

async fn find(services: &Services, email: &str) -> Result<Option<account::Credentials>> {
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    let mut conn = services.database.primary().await?;
    Ok(account::credentials(&mut conn, email.as_str()).await?)
}

async fn open(
    services: Services,
    credentials: account::Credentials,
    verdict: Verdict,
    client: Client,
    refresh_token: RefreshToken,
) -> Result<Viewer> {
    let account::Credentials { id, password_hash, .. } = credentials;
    let mut conn = services.database.primary().await?;
    let viewer = conn
        .transaction::<_, QueryError, _>(async |conn| {
            if let Verdict::Outdated(next) = &verdict {
                account::upgrade_password_hash(conn, id, &password_hash, next).await?;
            }
            session::open(conn, id, &client, &refresh_token).await
        })
        .await?;
    Ok(viewer)
}
