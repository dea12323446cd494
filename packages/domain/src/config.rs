//! The configuration, typed, from the environment; every fault is named at once.

mod address;
mod environment;
mod secret;
mod variables;

use std::{
    fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread::available_parallelism,
};

use balloond_cache::{Cache, CacheConfig};
use balloond_database::{DatabaseConfig, root_certificates};
use balloond_faults::Dsn;
use balloond_mail::{MailConfig, MailRoute, parse_mailbox};
use balloond_push::{PushConfig, VapidKey};
use balloond_storage::{EdgeConfig, StorageConfig};
use balloond_traces::{Collector, parse_headers, parse_ratio};
use tracing_subscriber::EnvFilter;

pub(crate) use address::is_local_postgres;
pub use environment::{ConfigFault, ConfigFaults};
pub use secret::{NamedKey, SecretKey};
pub use variables::example;

use address::{host, parse_base, parse_origin, parse_postgres, parse_redis, parse_smtp, redact};
use environment::Environment;
use secret::parse_named_keys;
use variables::{
    API_ADDR, CDN_BASE_URL, CDN_PURGE_API, CDN_PURGE_TOKEN, CDN_PURGE_ZONE, DATABASE_POOL_SIZE, DATABASE_REPLICA_URL,
    DATABASE_URL, ENVIRONMENT, JOBS_TOKEN, LOG_FORMAT, LOG_LEVEL, MAIL_FOLDER, MAIL_FROM, MAIL_URL, METRICS_ADDR,
    OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG,
    PASSWORD_HASHES_AT_ONCE, PGSSLROOTCERT, PUBLIC_API_URL, PUBLIC_WEB_URL, PUSH_TO_LOCAL, REDIS_CLUSTER,
    REDIS_ROOT_CERT, REDIS_URL, REFRESH_KEY, RUST_LOG, S3_ACCESS_KEY_ID, S3_BUCKET, S3_ENDPOINT, S3_PUBLIC_ENDPOINT,
    S3_REGION, S3_SECRET_ACCESS_KEY, SEALING_KEYS, SENTRY_DSN, SITE_ROOT, TOKEN_KEYS, TRUSTED_PROXIES, VAPID_KEY,
    WEB_ADDR,
};

/// Everything that can be set, checked. `Debug` and [`Config::describe`] show no secret.
#[derive(Clone)]
pub struct Config {
    pub api_addr: SocketAddr,
    pub web_addr: SocketAddr,
    /// Where a process tells its metrics; nowhere unless set.
    pub metrics_addr: Option<SocketAddr>,
    /// The origin at which browsers reach the api: scheme, host and port, without a slash at the end.
    pub public_api_url: String,
    /// The origin of the pages, and the only one that may change anything.
    pub public_web_url: String,
    /// The folder of scripts, styles and images that web serves.
    pub site_root: PathBuf,
    pub database: DatabaseConfig,
    /// Of the authority of the database's certificate; the driver reads the file by itself.
    pub database_root_cert: Option<PathBuf>,
    pub cache: CacheConfig,
    /// Of the authority of Redis' certificate, see [`CacheConfig::root_certificates`].
    pub redis_root_cert: Option<PathBuf>,
    pub storage: StorageConfig,
    /// Photos are loaded from elsewhere than the store.
    has_cdn: bool,
    pub mail: MailConfig,
    /// How browsers are woken; not at all unless there is a key.
    pub push: Option<PushConfig>,
    /// The first signs, all verify; at least one.
    pub token_keys: Vec<NamedKey>,
    /// One or two: the first seals what is secret in the database, both open it.
    pub sealing_keys: Vec<NamedKey>,
    /// Derives a refresh token's successor.
    pub refresh_key: SecretKey,
    /// What an outside scheduler shows to have the due jobs done; without it nobody can.
    pub jobs_token: Option<SecretKey>,
    /// Passwords that are hashed at the same time; each takes 19 MiB and a core.
    pub password_hashes_at_once: usize,
    /// Proxies in front of us whose `X-Forwarded-For` is believed; 0 believes nobody's.
    pub trusted_proxies: usize,
    pub log: LogConfig,
    /// Where faults are reported; nowhere unless set.
    pub faults: Option<Dsn>,
    /// Where traces are sent; nowhere unless set.
    pub traces: Option<TracesConfig>,
    /// What faults and traces call this place: `production` unless it is on localhost or named otherwise.
    pub environment: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    pub format: LogFormat,
    /// Directives as of `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TracesConfig {
    pub collector: Collector,
    /// What a process calls itself, if not `balloond-` and what it does.
    pub service: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// Names every fault, not only the first.
    pub fn from_env() -> Result<Self, ConfigFaults> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the variables that `lookup` knows.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigFaults> {
        let mut env = Environment::new(lookup);
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        let api_addr = env.optional(API_ADDR, parse_addr).unwrap_or(SocketAddr::from(([0, 0, 0, 0], 8080)));
        let web_addr = env.optional(WEB_ADDR, parse_addr).unwrap_or(SocketAddr::from(([0, 0, 0, 0], 3000)));
        let metrics_addr = env.optional(METRICS_ADDR, parse_addr);
        let public_api_url =
            env.optional(PUBLIC_API_URL, parse_origin).unwrap_or_else(|| PUBLIC_API_URL.example.to_owned());
        let public_web_url =
            env.optional(PUBLIC_WEB_URL, parse_origin).unwrap_or_else(|| PUBLIC_WEB_URL.example.to_owned());
        if env.faults.is_empty() && host(&public_api_url) != host(&public_web_url) {
            env.fault::<()>(PUBLIC_API_URL, "has another host than PUBLIC_WEB_URL, and cookies go to one host only");
        }
        let site_root = env.text(SITE_ROOT).unwrap_or_else(|| SITE_ROOT.example.to_owned());
        let database_url = env.required(DATABASE_URL, parse_postgres);
        let replica_url = env.optional(DATABASE_REPLICA_URL, parse_postgres);
        let pool_size = env.optional(DATABASE_POOL_SIZE, |text| parse_count(text, 1, 1000)).unwrap_or(cores * 2 + 1);
        let database_root_cert = env.optional(PGSSLROOTCERT, parse_root_certificates);
        let redis_root_cert = env.optional(REDIS_ROOT_CERT, parse_root_certificates);
        let cache = read_cache(&mut env, redis_root_cert.as_deref(), cores);
        let storage = read_storage(&mut env);
        let has_cdn = env.text(CDN_BASE_URL).is_some();
        let mail = read_mail(&mut env, &public_web_url);
        let push = read_push(&mut env, &public_web_url, &mail.from);
        let token_keys = env.required(TOKEN_KEYS, parse_named_keys);
        let sealing_keys = env.required(SEALING_KEYS, parse_named_keys);
        let refresh_key = env.required(REFRESH_KEY, SecretKey::parse);
        let jobs_token = env.optional(JOBS_TOKEN, SecretKey::parse);
        let password_hashes_at_once =
            env.optional(PASSWORD_HASHES_AT_ONCE, |text| parse_count(text, 1, 64)).unwrap_or(cores);
        let trusted_proxies = env.optional(TRUSTED_PROXIES, |text| parse_count(text, 0, 16)).unwrap_or(0);
        let log = read_log(&mut env);
        let faults = env.optional(SENTRY_DSN, Dsn::parse);
        let traces = read_traces(&mut env);
        let environment = env.optional(ENVIRONMENT, parse_name);
        let environment = environment.unwrap_or_else(|| environment_of(&public_web_url));
        match (database_url, cache, storage, token_keys, sealing_keys, refresh_key) {
            (Some(url), Some(cache), Some(storage), Some(token_keys), Some(sealing_keys), Some(refresh_key))
                if env.faults.is_empty() =>
            {
                Ok(Self {
                    api_addr,
                    web_addr,
                    metrics_addr,
                    public_api_url,
                    public_web_url,
                    site_root: site_root.into(),
                    database: DatabaseConfig { url, replica_url, pool_size },
                    database_root_cert,
                    cache,
                    redis_root_cert,
                    storage,
                    has_cdn,
                    mail,
                    push,
                    token_keys,
                    sealing_keys,
                    refresh_key,
                    jobs_token,
                    password_hashes_at_once,
                    trusted_proxies,
                    log,
                    faults,
                    traces,
                    environment,
                })
            }
            _ => Err(ConfigFaults(env.faults)),
        }
    }

    /// Whether cookies are `Secure` and `__Host-`: everywhere but on plain-http localhost, the only plain http there is.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.public_web_url.starts_with("https://")
    }

    /// What an operator may not know that follows from what is set, a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<&'static str> {
        let keeps_copies = self.has_cdn && self.storage.edge.is_none();
        let copies = "CDN_PURGE_ZONE is not set: a CDN at CDN_BASE_URL keeps copies of deleted photos for up to a year";
        keeps_copies.then_some(copies).into_iter().collect()
    }

    /// Whether the database is on this machine.
    #[must_use]
    pub fn has_local_database(&self) -> bool {
        is_local_postgres(&self.database.url)
    }

    /// The settings in effect, one `NAME=value` a line, secrets redacted.
    #[must_use]
    pub fn describe(&self) -> String {
        let names = |keys: &[NamedKey]| keys.iter().map(|key| format!("{}:…", key.kid)).collect::<Vec<_>>().join(",");
        let format = match self.log.format {
            LogFormat::Pretty => "pretty",
            LogFormat::Json => "json",
        };
        let settings = [
            (API_ADDR, self.api_addr.to_string()),
            (WEB_ADDR, self.web_addr.to_string()),
            (METRICS_ADDR, self.metrics_addr.map(|addr| addr.to_string()).unwrap_or_default()),
            (PUBLIC_API_URL, self.public_api_url.clone()),
            (PUBLIC_WEB_URL, self.public_web_url.clone()),
            (SITE_ROOT, self.site_root.display().to_string()),
            (DATABASE_URL, redact(&self.database.url)),
            (DATABASE_REPLICA_URL, self.database.replica_url.as_deref().map(redact).unwrap_or_default()),
            (DATABASE_POOL_SIZE, self.database.pool_size.to_string()),
            (PGSSLROOTCERT, show_path(self.database_root_cert.as_deref())),
            (REDIS_URL, self.cache.url.split(',').map(redact).collect::<Vec<_>>().join(",")),
            (REDIS_CLUSTER, self.cache.is_cluster.to_string()),
            (REDIS_ROOT_CERT, show_path(self.redis_root_cert.as_deref())),
            (S3_ENDPOINT, self.storage.endpoint.clone()),
            (S3_PUBLIC_ENDPOINT, self.storage.public_endpoint.clone()),
            (S3_REGION, self.storage.region.clone()),
            (S3_BUCKET, self.storage.bucket.clone()),
            (S3_ACCESS_KEY_ID, "…".to_owned()),
            (S3_SECRET_ACCESS_KEY, "…".to_owned()),
            (CDN_BASE_URL, self.storage.public_base.clone()),
            (CDN_PURGE_ZONE, self.storage.edge.as_ref().map(|edge| edge.zone.clone()).unwrap_or_default()),
            (CDN_PURGE_TOKEN, self.storage.edge.as_ref().map(|_| "…".to_owned()).unwrap_or_default()),
            (CDN_PURGE_API, self.storage.edge.as_ref().map(|edge| edge.api.clone()).unwrap_or_default()),
            (MAIL_URL, if let MailRoute::Smtp(url) = &self.mail.route { redact(url) } else { String::new() }),
            (MAIL_FOLDER, show_path(if let MailRoute::Folder(path) = &self.mail.route { Some(path) } else { None })),
            (MAIL_FROM, self.mail.from.clone()),
            (VAPID_KEY, self.push.as_ref().map(|_| "…".to_owned()).unwrap_or_default()),
            (PUSH_TO_LOCAL, self.push.as_ref().is_some_and(|push| push.allows_local).to_string()),
            (TOKEN_KEYS, names(&self.token_keys)),
            (SEALING_KEYS, names(&self.sealing_keys)),
            (REFRESH_KEY, "…".to_owned()),
            (JOBS_TOKEN, self.jobs_token.as_ref().map(|_| "…".to_owned()).unwrap_or_default()),
            (PASSWORD_HASHES_AT_ONCE, self.password_hashes_at_once.to_string()),
            (TRUSTED_PROXIES, self.trusted_proxies.to_string()),
            (LOG_FORMAT, format.to_owned()),
            (RUST_LOG, self.log.filter.clone()),
            (SENTRY_DSN, self.faults.as_ref().map(|_| "…".to_owned()).unwrap_or_default()),
            (OTEL_EXPORTER_OTLP_ENDPOINT, self.trace(|it| it.collector.endpoint().to_owned())),
            (OTEL_EXPORTER_OTLP_HEADERS, self.trace(|it| if it.collector.has_headers() { "…" } else { "" }.to_owned())),
            (OTEL_SERVICE_NAME, self.trace(|it| it.service.clone().unwrap_or_default())),
            (OTEL_TRACES_SAMPLER_ARG, self.trace(|it| it.collector.ratio().to_string())),
            (ENVIRONMENT, self.environment.clone()),
        ];
        settings.map(|(variable, value)| format!("{}={value}", variable.name)).join("\n")
    }

    fn trace(&self, show: impl Fn(&TracesConfig) -> String) -> String {
        self.traces.as_ref().map(show).unwrap_or_default()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

fn read_cache(
    env: &mut Environment<impl Fn(&str) -> Option<String>>,
    root_cert: Option<&Path>,
    cores: usize,
) -> Option<CacheConfig> {
    let url = env.required(REDIS_URL, parse_redis);
    let is_cluster = env.optional(REDIS_CLUSTER, parse_bool).unwrap_or(false);
    let root_certificates = root_cert.and_then(|path| std::fs::read(path).ok());
    let config = CacheConfig { url: url?, is_cluster, root_certificates, pool_size: cores };
    match Cache::new(&config) {
        Ok(_) => Some(config),
        Err(_) if is_cluster => {
            env.fault(REDIS_URL, "does not name nodes of a cluster, with the same user, password and scheme each")
        }
        Err(_) => env.fault(REDIS_URL, "is not the URL of a Redis server"),
    }
}

fn read_storage(env: &mut Environment<impl Fn(&str) -> Option<String>>) -> Option<StorageConfig> {
    let endpoint = env.required(S3_ENDPOINT, parse_base);
    let public_endpoint = env.optional(S3_PUBLIC_ENDPOINT, parse_base);
    let region = env.text(S3_REGION).unwrap_or_else(|| S3_REGION.example.to_owned());
    let bucket = env.required(S3_BUCKET, parse_bucket);
    let access_key_id = env.required(S3_ACCESS_KEY_ID, |text| Ok(text.to_owned()));
    let secret_access_key = env.required(S3_SECRET_ACCESS_KEY, |text| Ok(text.to_owned()));
    let cdn = env.optional(CDN_BASE_URL, parse_base);
    let edge = read_edge(env, cdn.is_some());
    let (endpoint, bucket) = (endpoint?, bucket?);
    let public_endpoint = public_endpoint.unwrap_or_else(|| endpoint.clone());
    let public_base = cdn.unwrap_or_else(|| format!("{endpoint}/{bucket}"));
    let (access_key_id, secret_access_key) = (access_key_id?, secret_access_key?);
    Some(StorageConfig {
        endpoint,
        public_endpoint,
        region,
        bucket,
        access_key_id,
        secret_access_key,
        public_base,
        edge,
    })
}

/// All of it, or nothing.
fn read_edge(env: &mut Environment<impl Fn(&str) -> Option<String>>, has_cdn: bool) -> Option<EdgeConfig> {
    let zone = env.optional(CDN_PURGE_ZONE, parse_zone);
    let token = env.text(CDN_PURGE_TOKEN);
    let api = env.optional(CDN_PURGE_API, parse_base).unwrap_or_else(|| CDN_PURGE_API.example.to_owned());
    match (env.text(CDN_PURGE_ZONE).is_some(), token) {
        (false, None) => None,
        (true, Some(_)) if !has_cdn => env.fault(CDN_PURGE_ZONE, "is set, and CDN_BASE_URL is not"),
        (true, Some(token)) => Some(EdgeConfig { api, zone: zone?, token }),
        (true, None) => env.fault(CDN_PURGE_TOKEN, "is not set, and CDN_PURGE_ZONE is"),
        (false, Some(_)) => env.fault(CDN_PURGE_ZONE, "is not set, and CDN_PURGE_TOKEN is"),
    }
}

fn read_mail(env: &mut Environment<impl Fn(&str) -> Option<String>>, public_web_url: &str) -> MailConfig {
    let url = env.optional(MAIL_URL, parse_smtp);
    let folder = env.text(MAIL_FOLDER);
    if env.text(MAIL_URL).is_none() && folder.is_none() && public_web_url.starts_with("https://") {
        env.fault::<()>(MAIL_URL, "is not set, and without mail nobody can open an account");
    }
    let folder = folder.unwrap_or_else(|| MAIL_FOLDER.example.to_owned());
    let from = env.optional(MAIL_FROM, |text| match parse_mailbox(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("is not an address, as `Name <name@example.com>`".to_owned()),
    });
    let route = url.map_or_else(|| MailRoute::Folder(folder.into()), MailRoute::Smtp);
    MailConfig { route, from: from.unwrap_or_else(|| MAIL_FROM.example.to_owned()) }
}

/// Push services on this machine are for tests and development: where strangers come, they would choose what we go to.
fn read_push(
    env: &mut Environment<impl Fn(&str) -> Option<String>>,
    public_web_url: &str,
    mail_from: &str,
) -> Option<PushConfig> {
    let key = env.optional(VAPID_KEY, |text| VapidKey::parse(text).map_err(|fault| fault.to_string()));
    let allows_local = env.optional(PUSH_TO_LOCAL, |text| match parse_bool(text)? {
        true if public_web_url.starts_with("https://") => Err("is for http://localhost alone".to_owned()),
        is_allowed => Ok(is_allowed),
    });
    let contact = parse_mailbox(mail_from).map(|mailbox| format!("mailto:{}", mailbox.email)).unwrap_or_default();
    key.map(|key| PushConfig { key, contact, allows_local: allows_local.unwrap_or(false) })
}

fn read_log(env: &mut Environment<impl Fn(&str) -> Option<String>>) -> LogConfig {
    let format = env.optional(LOG_FORMAT, |text| match text {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither pretty nor json".to_owned()),
    });
    let level = env.optional(LOG_LEVEL, |text| match text {
        "off" | "error" | "warn" | "info" | "debug" | "trace" => Ok(text.to_owned()),
        _ => Err("is none of off, error, warn, info, debug, trace".to_owned()),
    });
    let directives = env.optional(RUST_LOG, |text| match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("is not a log filter ({error})")),
    });
    let filter = directives.unwrap_or_else(|| crate::telemetry::filter_for(level.as_deref().unwrap_or("info")));
    LogConfig { format: format.unwrap_or(LogFormat::Pretty), filter }
}

fn read_traces(env: &mut Environment<impl Fn(&str) -> Option<String>>) -> Option<TracesConfig> {
    let collector = env.optional(OTEL_EXPORTER_OTLP_ENDPOINT, Collector::parse);
    let headers = env.optional(OTEL_EXPORTER_OTLP_HEADERS, parse_headers).unwrap_or_default();
    let ratio = env.optional(OTEL_TRACES_SAMPLER_ARG, parse_ratio).unwrap_or(1.0);
    let service = env.optional(OTEL_SERVICE_NAME, parse_name);
    Some(TracesConfig { collector: collector?.with_headers(headers).with_ratio(ratio), service })
}

fn parse_addr(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "is not an address and a port".to_owned())
}

fn parse_count(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (least..=most).contains(count));
    count.ok_or_else(|| format!("is not a number from {least} to {most}"))
}

fn parse_bool(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "is neither true nor false".to_owned())
}

fn parse_root_certificates(text: &str) -> Result<PathBuf, String> {
    root_certificates(text).map(|_| text.into())
}

fn show_path(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

fn environment_of(web_url: &str) -> String {
    let is_local = web_url.starts_with("http://");
    if is_local { "development" } else { "production" }.to_owned()
}

/// A name of lower-case letters, digits and hyphens.
fn parse_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.len() <= 64 && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("is not a name of at most 64 lower-case letters, digits and hyphens".to_owned())
}

fn parse_zone(text: &str) -> Result<String, String> {
    if text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(text.to_owned());
    }
    Err("is not a zone's id, of letters and digits".to_owned())
}

/// As S3 has it: 3 to 63 lower-case letters, digits, dots and hyphens.
fn parse_bucket(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if (3..=63).contains(&text.len()) && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("is not a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens".to_owned())
}

#[cfg(test)]
pub(crate) mod tests;
