//! Passkeys (WebAuthn Level 3): adding, removing, and logging in with one in the place of password and code. A passkey is only taken
//! when its device has checked who holds it (by a finger, a face, a PIN), so it stands for both steps.

use std::time::Duration;

use balloond_database::{AsyncConnection, passkey, user, verification, violated_unique};
use balloond_shared::{
    ErrorCode, FieldErrors, PasskeyId, UserId,
    auth::SignedIn,
    passkey::{AddPasskey, MAX_PASSKEYS, Passkey, PasskeyLogin, PasskeyOptions},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{SubsecRound, Utc};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        AsciiDomain, PublicKeyCredentialDescriptor, RpId,
        auth::AuthenticationVerificationOptions,
        register::{
            CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle,
            UserHandle16, Username,
        },
    },
    response::{
        AuthTransports, CredentialId,
        register::{DynamicState, StaticState},
    },
};

use super::{
    Client, Viewer,
    access_log::{self, Way},
    change_password::require_password,
    letters::Change,
    refresh_token::RefreshToken,
    session,
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits,
    services::run_to_end,
};

/// How long a browser may take. The ceremonies themselves end after as long.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// What a challenge was for: of one it cannot answer the other.
const ADDING: &str = "add";
const LOGGING_IN: &str = "log_in";

/// For a handle of as many bytes as an id has.
type Registering = RegistrationServerState<16>;

/// The viewer's passkeys, the oldest first.
#[tracing::instrument(name = "auth.passkeys", level = "trace", skip_all)]
pub async fn passkeys(services: &Services, viewer: Viewer) -> Result<Vec<Passkey>> {
    Ok(rows(services, viewer.user).await?.into_iter().map(present).collect())
}

/// What a browser is to be asked for, to add a passkey.
#[tracing::instrument(name = "auth.begin_passkey", level = "trace", skip_all)]
pub async fn begin_passkey(services: &Services, viewer: Viewer) -> Result<PasskeyOptions> {
    let known = rows(services, viewer.user).await?;
    let mut conn = services.database.primary().await?;
    let addressee = verification::addressee(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    drop(conn);
    let (rp, handle) = (relying_party(services)?, handle(viewer.user)?);
    let entity = PublicKeyCredentialUserEntity {
        // Of an email that RFC 8265 does not take as a name, the device shows none.
        name: Username::try_from(addressee.email)
            .or_else(|_| Username::try_from("account"))
            .map_err(Error::internal)?,
        id: &handle,
        display_name: None::<Nickname<'_>>,
    };
    let known = known.into_iter().map(|row| {
        let id = CredentialId::<Vec<u8>>::decode(row.credential_id).map_err(Error::internal)?;
        // How a device is reached, the browser finds out by itself.
        let transports = AuthTransports::decode(0).map_err(Error::internal)?;
        Ok(PublicKeyCredentialDescriptor { id, transports })
    });
    let mut options = PublicKeyCredentialCreationOptions::passkey(&rp, entity, known.collect::<Result<_>>()?);
    // That its holder is checked is asked of every use; not every device can promise more.
    options.extensions.cred_protect = CredProtect::None;
    let (server, client) = options.start_ceremony().map_err(Error::internal)?;
    let asked = PasskeyOptions(serde_json::to_value(&client).map_err(Error::internal)?);
    remember(services, ADDING, &asked, &server.encode().map_err(Error::internal)?).await?;
    Ok(asked)
}

/// Adds what the browser answered. `Invalid` (fields `name`, `password`, `credential`); `PasskeysFull` beyond twenty.
#[tracing::instrument(name = "auth.add_passkey", level = "trace", skip_all)]
pub async fn add_passkey(services: &Services, viewer: Viewer, request: &AddPasskey) -> Result<Passkey> {
    let name = request.parse()?;
    require_password(services, viewer.user, "password", &request.password).await?;
    let row = verified(services, viewer.user, request, name.into_string()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let added = conn.transaction(async |conn| {
            user::lock(conn, &[viewer.user]).await?;
            let count = passkey::count(conn, viewer.user).await?;
            if usize::try_from(count).map_err(Error::internal)? >= MAX_PASSKEYS {
                return Err(Error::from(ErrorCode::PasskeysFull));
            }
            passkey::insert(conn, &row).await?;
            job::enqueue(conn, &Job::MailChange { user: viewer.user, change: Change::PasskeyAdded }).await?;
            Ok(present(row))
        });
        match added.await {
            Err(Error::Internal(error)) if is_known(&*error) => Err(not_taken()),
            added => added,
        }
    })
    .await
}

/// Holds what the browser answered against what it was asked.
async fn verified(services: &Services, user: UserId, request: &AddPasskey, name: String) -> Result<passkey::Passkey> {
    let text = serde_json::to_vec(&request.credential).map_err(Error::internal)?;
    let registration = Registration::from_json_relaxed(&text).map_err(|_| not_taken())?;
    let challenge = registration.challenge_relaxed().map_err(|_| not_taken())?;
    let challenge = challenge.encode().map_err(Error::internal)?;
    let state = recall(services, ADDING, &challenge.to_le_bytes()).await?.ok_or_else(not_taken)?;
    let state = Registering::decode(&state).map_err(|_| not_taken())?;
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &[&services.public_web_url],
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let credential = state.verify(&relying_party(services)?, &registration, &options).map_err(|error| {
        tracing::info!(%error, "a passkey was not taken");
        not_taken()
    })?;
    if *credential.user_id() != handle(user)? {
        return Err(not_taken());
    }
    Ok(passkey::Passkey {
        id: PasskeyId::new(),
        user_id: user,
        name,
        credential_id: credential.id().as_ref().to_vec(),
        fixed: credential.static_state().encode().map_err(Error::internal)?,
        changing: credential.dynamic_state().encode().map_err(Error::internal)?.to_vec(),
        created_at: Utc::now().trunc_subsecs(6),
        last_used_at: None,
    })
}

/// Removes one of the viewer's passkeys. `NotFound` when it is somebody else's; `Invalid` (field `password`).
#[tracing::instrument(name = "auth.remove_passkey", level = "trace", skip_all)]
pub async fn remove_passkey(services: &Services, viewer: Viewer, id: PasskeyId, password: &str) -> Result<()> {
    require_password(services, viewer.user, "password", password).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        conn.transaction(async |conn| {
            if !passkey::delete(conn, viewer.user, id).await? {
                return Err(Error::from(ErrorCode::NotFound));
            }
            job::enqueue(conn, &Job::MailChange { user: viewer.user, change: Change::PasskeyRemoved }).await
        })
        .await
    })
    .await
}

/// What a browser is to be asked for, to log in: any passkey of ours. Nothing in it depends on who asks.
#[tracing::instrument(name = "auth.begin_passkey_log_in", level = "trace", skip_all)]
pub async fn begin_passkey_log_in(services: &Services, client: &Client) -> Result<PasskeyOptions> {
    limits::check(services, &limits::LOG_IN_BY_ADDRESS, &limits::address(client.address)).await?;
    let rp = relying_party(services)?;
    let started = DiscoverableCredentialRequestOptions::passkey(&rp).start_ceremony().map_err(Error::internal)?;
    let (server, client) = started;
    let asked = PasskeyOptions(serde_json::to_value(&client).map_err(Error::internal)?);
    remember(services, LOGGING_IN, &asked, &server.encode().map_err(Error::internal)?).await?;
    Ok(asked)
}

/// Signs in by what the browser answered. `WrongCredentials` whatever was not right about it.
#[tracing::instrument(name = "auth.passkey_log_in", level = "trace", skip_all)]
pub async fn passkey_log_in(services: &Services, request: &PasskeyLogin, client: &Client) -> Result<SignedIn> {
    limits::check(services, &limits::LOG_IN_BY_ADDRESS, &limits::address(client.address)).await?;
    let refresh_token = RefreshToken::new();
    let opened = open(services, request, client, &refresh_token).await;
    let viewer = opened.inspect_err(|_| access_log::refused(Way::Passkey, client))?;
    access_log::signed_in(Way::Passkey, viewer, client);
    session::signed_in(services, viewer, &refresh_token).await
}

async fn open(
    services: &Services,
    request: &PasskeyLogin,
    client: &Client,
    refresh_token: &RefreshToken,
) -> Result<Viewer> {
    let text = serde_json::to_vec(&request.credential).map_err(Error::internal)?;
    let answer = DiscoverableAuthentication16::from_json_relaxed(&text).map_err(|_| ErrorCode::WrongCredentials)?;
    let challenge = answer.challenge_relaxed().map_err(|_| ErrorCode::WrongCredentials)?;
    let challenge = challenge.encode().map_err(Error::internal)?;
    let state = recall(services, LOGGING_IN, &challenge.to_le_bytes()).await?.ok_or(ErrorCode::WrongCredentials)?;
    let (task, client, token) = (services.clone(), client.clone(), refresh_token.clone());
    run_to_end(async move {
        let mut conn = task.database.primary().await?;
        conn.transaction(async |conn| {
            let row = passkey::lock(conn, answer.raw_id().as_ref()).await?;
            let row = row.ok_or(ErrorCode::WrongCredentials)?;
            let changing = check(&task, &state, &answer, &row)?;
            passkey::take_use(conn, row.id, &changing, Utc::now()).await?;
            Ok::<_, Error>(session::open(conn, row.user_id, &client, &token).await?)
        })
        .await
    })
    .await
}

/// The counter and what else changed of a passkey whose answer is right.
fn check(
    services: &Services,
    state: &[u8],
    answer: &DiscoverableAuthentication16,
    row: &passkey::Passkey,
) -> Result<[u8; 7]> {
    let state = DiscoverableAuthenticationServerState::decode(state).map_err(|_| ErrorCode::WrongCredentials)?;
    let id = CredentialId::<&[u8]>::decode(&row.credential_id).map_err(Error::internal)?;
    let fixed = StaticState::decode(row.fixed.as_slice()).map_err(Error::internal)?;
    let changing = <[u8; 7]>::try_from(row.changing.as_slice()).map_err(Error::internal)?;
    let changing = DynamicState::decode(changing).map_err(Error::internal)?;
    let handle = handle(row.user_id)?;
    let mut credential = AuthenticatedCredential::new(id, &handle, fixed, changing).map_err(Error::internal)?;
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &[&services.public_web_url],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    state.verify(&relying_party(services)?, answer, &mut credential, &options).map_err(|error| {
        tracing::info!(%error, "a passkey was refused");
        ErrorCode::WrongCredentials
    })?;
    credential.dynamic_state().encode().map_err(Error::internal)
}

async fn rows(services: &Services, user: UserId) -> Result<Vec<passkey::Passkey>> {
    let mut conn = services.database.primary().await?;
    Ok(passkey::list(&mut conn, user, i64::try_from(MAX_PASSKEYS).map_err(Error::internal)?).await?)
}

/// A passkey is for the host of the pages.
fn relying_party(services: &Services) -> Result<RpId> {
    let url = url::Url::parse(&services.public_web_url).map_err(Error::internal)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    Ok(RpId::Domain(AsciiDomain::try_from(host).map_err(Error::internal)?))
}

fn handle(user: UserId) -> Result<UserHandle16> {
    UserHandle::<16>::decode(*user.as_uuid().as_bytes()).map_err(Error::internal)
}

/// A challenge is good once, and for as long as a browser may take. Without Redis there are no passkeys, and a password does.
async fn remember(services: &Services, deed: &str, asked: &PasskeyOptions, state: &[u8]) -> Result<()> {
    let challenge = asked.0.get("challenge").and_then(serde_json::Value::as_str).unwrap_or_default();
    services.cache.put_aside(&format!("passkey:{deed}:{challenge}"), state, PATIENCE).await.map_err(Error::unavailable)
}

async fn recall(services: &Services, deed: &str, challenge: &[u8]) -> Result<Option<Vec<u8>>> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    services.cache.take_aside(&format!("passkey:{deed}:{challenge}")).await.map_err(Error::unavailable)
}

fn not_taken() -> Error {
    FieldErrors::one("credential", "wrong", "This passkey was not taken, or it took too long. Try once more.").into()
}

fn is_known(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let query = error.downcast_ref::<balloond_database::QueryError>();
    query.and_then(violated_unique) == Some(passkey::CREDENTIAL_KEY)
}

fn present(row: passkey::Passkey) -> Passkey {
    Passkey { id: row.id, name: row.name, made_at: row.created_at, used_at: row.last_used_at }
}
