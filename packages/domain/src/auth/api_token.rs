//! Tokens that people make for programs of theirs: opaque, stored hashed, with scopes. Each is a session of its own as far as
//! revoking is concerned, so that ending one closes its sockets and is heard by every process.

use std::time::{Duration, Instant};

use balloond_database::{AsyncConnection, api_token, user};
use balloond_shared::{
    ApiTokenId, ErrorCode, SessionId,
    api_token::{ApiToken, MAX_API_TOKENS, MakeApiToken, NewApiToken, Scope, Scopes},
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use quick_cache::sync::Cache;

use super::{
    ACCESS_TOKEN_LIFE, Viewer, change_password::require_password, letters::Change, refresh_token::RefreshToken,
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    realtime,
    services::run_to_end,
};

/// How one of ours begins: programs that look for secrets in what is published know it by that.
const PREFIX: &str = "balloond_";

/// How long a process believes what the database said of a token, which is also how exactly its last use is known. A revoked session
/// is remembered for longer than that.
const BELIEVED: Duration = Duration::from_secs(5 * 60);
const _: () = assert!(BELIEVED.as_secs() < ACCESS_TOKEN_LIFE.as_secs());

/// Tokens in use that a process remembers.
pub(super) const REMEMBERED: usize = 10_000;

/// What a process knows of the tokens that were shown to it.
pub(super) type Known = Cache<[u8; 32], Believed>;

/// What the database said of a token, and when.
#[derive(Clone, Copy)]
pub(super) struct Believed {
    grant: Grant,
    since: Instant,
}

/// What a token allows.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// Whose it is; its session is the token itself.
    pub viewer: Viewer,
    pub scopes: Scopes,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// Whether a text looks like one of these, rather than like an access token.
#[must_use]
pub fn is_api_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// What this token allows. The database is asked once in five minutes. `Unauthenticated` unless it is one, and in force.
#[tracing::instrument(name = "auth.authenticate_api_token", level = "trace", skip_all)]
pub async fn authenticate_api_token(services: &Services, text: &str) -> Result<Grant> {
    services.cache.stay_awake();
    let secret = text.strip_prefix(PREFIX).and_then(RefreshToken::parse).ok_or(ErrorCode::Unauthenticated)?;
    let (hash, known) = (secret.hash(), services.tokens.api_tokens());
    known.remove_if(&hash, |believed| believed.since.elapsed() >= BELIEVED);
    let believed = known.get_or_insert_async(&hash, ask(services, &hash)).await?;
    let is_over = believed.grant.until.is_some_and(|until| until <= Utc::now());
    if is_over || services.tokens.is_revoked(believed.grant.viewer.session) {
        return Err(ErrorCode::Unauthenticated.into());
    }
    Ok(believed.grant)
}

async fn ask(services: &Services, hash: &[u8; 32]) -> Result<Believed> {
    let since = Instant::now();
    let mut conn = services.database.primary().await?;
    let row = api_token::take_use(&mut conn, hash, Utc::now()).await?.ok_or(ErrorCode::Unauthenticated)?;
    let viewer = Viewer { user: row.user_id, session: session_of(row.id) };
    let scopes = row.scopes.iter().filter_map(|name| Scope::by_name(name)).collect();
    Ok(Believed { grant: Grant { viewer, scopes, until: row.expires_at }, since })
}

const fn session_of(token: ApiTokenId) -> SessionId {
    SessionId::from_uuid(token.as_uuid())
}

/// The viewer's tokens, the newest first.
#[tracing::instrument(name = "auth.api_tokens", level = "trace", skip_all)]
pub async fn api_tokens(services: &Services, viewer: Viewer) -> Result<Vec<ApiToken>> {
    let mut conn = services.database.primary().await?;
    let most = i64::try_from(MAX_API_TOKENS).map_err(Error::internal)?;
    Ok(api_token::list(&mut conn, viewer.user, most).await?.into_iter().map(present).collect())
}

/// Makes a token. `TokensFull` beyond twenty; `Invalid`.
#[tracing::instrument(name = "auth.make_api_token", level = "trace", skip_all)]
pub async fn make_api_token(services: &Services, viewer: Viewer, request: &MakeApiToken) -> Result<NewApiToken> {
    let name = request.parse()?;
    require_password(services, viewer.user, "password", &request.password).await?;
    // As exactly as it is stored.
    let (secret, now) = (RefreshToken::new(), Utc::now().trunc_subsecs(6));
    let row = api_token::ApiToken {
        id: ApiTokenId::new(),
        user_id: viewer.user,
        name: name.into_string(),
        scopes: Scope::ALL
            .into_iter()
            .filter(|it| request.scopes.contains(it))
            .map(|it| it.name().to_owned())
            .collect(),
        created_at: now,
        expires_at: request.days.map(|days| now + TimeDelta::days(days)),
        last_used_at: None,
    };
    let (services, hash) = (services.clone(), secret.hash());
    let row = run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            user::lock(conn, &[viewer.user]).await?;
            let count = api_token::count(conn, viewer.user).await?;
            if usize::try_from(count).map_err(Error::internal)? >= MAX_API_TOKENS {
                return Err(Error::from(ErrorCode::TokensFull));
            }
            api_token::insert(conn, &row, &hash).await?;
            job::enqueue(conn, &Job::MailChange { user: viewer.user, change: Change::TokenMade }).await?;
            Ok(row)
        })
        .await
    })
    .await?;
    Ok(NewApiToken { token: format!("{PREFIX}{}", secret.expose()), about: present(row) })
}

/// Ends one of the viewer's tokens, at once and everywhere. `NotFound` when it is somebody else's.
#[tracing::instrument(name = "auth.end_api_token", level = "trace", skip_all)]
pub async fn end_api_token(services: &Services, viewer: Viewer, token: ApiTokenId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        if !api_token::revoke(&mut conn, viewer.user, token, Utc::now()).await? {
            return Err(ErrorCode::NotFound.into());
        }
        drop(conn);
        realtime::tell_session_revoked(&services, session_of(token)).await;
        Ok(())
    })
    .await
}

fn present(row: api_token::ApiToken) -> ApiToken {
    ApiToken {
        id: row.id,
        name: row.name,
        scopes: row.scopes.iter().filter_map(|name| Scope::by_name(name)).collect(),
        made_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.last_used_at,
    }
}
