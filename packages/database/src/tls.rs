//! One connection to Postgres: plain where the URL says `sslmode=disable`, else TLS with verified certificates.

use std::{
    ffi::OsStr,
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{Client, Config, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Names a file of certificates that are trusted beside the web's: providers sign their databases' with authorities of their own. libpq's
/// tools and the job queue read the same variable of the process.
pub const ROOT_CERTIFICATES: &str = "PGSSLROOTCERT";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// No statement of a request may run longer, and no transaction may be left open. A random read costs about what a sequential one
/// does on the solid-state disks that databases run on; Postgres' own guess is from the time of turning ones. Statements are planned
/// once a connection: planning the list of people for each reader took four times as long as reading it.
const SESSION_SETTINGS: &str = "
    SET statement_timeout = '5s';
    SET idle_in_transaction_session_timeout = '10s';
    SET random_page_cost = 1.1;
    SET plan_cache_mode = force_generic_plan;
    SET TIME ZONE 'UTC'";

/// Opens a connection.
pub async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let config = parse_url(url)?;
    let mut connection = if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(bad_connection)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await?
    } else {
        let (client, connection) =
            config.connect(MakeRustlsConnect::new(client_config()?.clone())).await.map_err(bad_connection)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await?
    };
    connection.batch_execute(SESSION_SETTINGS).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// A connection without the query builder, driven by a task of its own.
pub(crate) async fn open(url: &str) -> ConnectionResult<Client> {
    let config = parse_url(url)?;
    // A connection that ends tells its client.
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(bad_connection)?;
        tokio::spawn(connection);
        return Ok(client);
    }
    let tls = MakeRustlsConnect::new(client_config()?.clone());
    let (client, connection) = config.connect(tls).await.map_err(bad_connection)?;
    tokio::spawn(connection);
    Ok(client)
}

/// Reads a Postgres URL. rustls always verifies chain and name, so `verify-ca` and `verify-full`, which the driver does not know, mean `require`.
pub fn parse_url(url: &str) -> ConnectionResult<Config> {
    let url = url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    let mut config: Config = url
        .parse()
        .map_err(|_| ConnectionError::InvalidConnectionUrl("DATABASE_URL is not a Postgres URL".to_owned()))?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    Ok(config)
}

/// One for all connections, so that a later one resumes the session of an earlier one.
fn client_config() -> ConnectionResult<&'static ClientConfig> {
    static CONFIG: LazyLock<Result<ClientConfig, String>> =
        LazyLock::new(|| trust(std::env::var_os(ROOT_CERTIFICATES).as_deref()));
    CONFIG.as_ref().map_err(|error| ConnectionError::BadConnection(error.clone()))
}

fn trust(file: Option<&OsStr>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    // An empty one is as good as none, as everywhere.
    if let Some(file) = file.filter(|file| !file.is_empty()) {
        let own = root_certificates(file).map_err(|error| format!("{ROOT_CERTIFICATES} {error}"))?;
        let (usable, _) = roots.add_parsable_certificates(own);
        if usable == 0 {
            return Err(format!("{ROOT_CERTIFICATES} names certificates that cannot be read"));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// The certificates of a file of PEM; there is one at least.
///
/// # Errors
///
/// What is wrong with the file, in words.
pub fn root_certificates(file: impl AsRef<Path>) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = match CertificateDer::pem_file_iter(file) {
        Ok(certificates) => certificates.collect(),
        Err(error) => Err(error),
    };
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err("is a file without a certificate in PEM".to_owned()),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(format!("is no readable file of certificates in PEM: {error}")),
    }
}

/// The whole chain of causes: the driver's own text is no more than "error connecting to server".
pub(crate) fn bad_connection(error: impl std::error::Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    ConnectionError::BadConnection(text)
}
