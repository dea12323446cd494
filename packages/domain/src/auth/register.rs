use balloond_database::{AsyncConnection, account};
use balloond_shared::{
    UserId,
    auth::{Register, Registration, SignedIn},
    switch::Switch,
};
use chrono::Utc;

use super::{
    Client, Viewer,
    access_log::{self, Way},
    common::refuse_common,
    refresh_token::RefreshToken,
    session,
};
use crate::{
    Error, Result, Services,
    job::{self, Job},
    limits,
    services::run_to_end,
    switch,
};

/// Opens an account that waits for its email to be verified, and signs in. What is done and answered does not depend on whether
/// the email has an account already: the mail, sent by a job, is what differs.
#[tracing::instrument(name = "auth.register", level = "trace", skip_all)]
pub async fn register(services: &Services, request: &Register, client: &Client) -> Result<SignedIn> {
    let registration = request.parse()?;
    switch::require(services, Switch::Registration).await?;
    let about = [registration.email.as_str(), registration.name.as_str()];
    refuse_common(registration.password.expose(), &about)?;
    // This machine itself is a developer with a script, or a proxy that does not say for whom it asks: everybody at once.
    if !client.address.to_canonical().is_loopback() {
        limits::check(services, &limits::REGISTER_BY_ADDRESS, &limits::address(client.address)).await?;
    }
    // Nobody's mailbox is filled by strangers; refused alike whether the email has an account.
    limits::check(services, &limits::VERIFICATION_BY_EMAIL, &limits::secret(registration.email.as_str())).await?;
    let password_hash = services.passwords.hash(registration.password.expose().to_owned()).await?;
    let refresh_token = RefreshToken::new();
    let opening = open_account(services.clone(), registration, password_hash, client.clone(), refresh_token.clone());
    let viewer = run_to_end(opening).await?;
    access_log::signed_in(Way::Registration, viewer, client);
    session::signed_in(services, viewer, &refresh_token).await
}

async fn open_account(
    services: Services,
    registration: Registration,
    password_hash: String,
    client: Client,
    refresh_token: RefreshToken,
) -> Result<Viewer> {
    let new = account::NewAccount {
        id: UserId::new(),
        email: registration.email.as_str(),
        password_hash: &password_hash,
        name: registration.name.as_str(),
        age: registration.age.years(),
        age_given_on: Utc::now().date_naive(),
        verified_at: None,
    };
    let mut conn = services.database.primary().await?;
    conn.transaction(async |conn| {
        account::create(conn, &new).await?;
        let viewer = session::open(conn, new.id, &client, &refresh_token).await?;
        job::enqueue(conn, &Job::MailVerification { user: new.id }).await?;
        Ok::<_, Error>(viewer)
    })
    .await
}
