use super::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER_KEY: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn valid(name: &str) -> Option<String> {
    let value = match name {
        "DATABASE_URL" => "postgres://me:hush-database@localhost:5432/balloond?sslmode=disable",
        "REDIS_URL" => "redis://:hush-redis@localhost:6379",
        "S3_ENDPOINT" => "http://localhost:9000/",
        "S3_BUCKET" => "balloond",
        "S3_ACCESS_KEY_ID" => "hush-id",
        "S3_SECRET_ACCESS_KEY" => "hush-secret",
        "TOKEN_KEYS" => return Some(format!("a1:{KEY}, b2:{OTHER_KEY}")),
        "SEALING_KEYS" => return Some(format!("a1:{KEY}")),
        "REFRESH_KEY" => KEY,
        _ => return None,
    };
    Some(value.to_owned())
}

/// The valid configuration with some variables changed.
fn read(changes: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    Config::read(|name| match changes.iter().find(|(changed, _)| *changed == name) {
        Some((_, value)) => Some((*value).to_owned()),
        None => valid(name),
    })
}

fn faults(changes: &[(&str, &str)]) -> Vec<&'static str> {
    read(changes).unwrap_err().0.iter().map(|fault| fault.variable).collect()
}

#[test]
fn what_is_not_set_has_a_default() {
    let config = read(&[]).unwrap();
    assert_eq!(config.public_web_url, "http://localhost:3000");
    assert_eq!(config.storage.public_base, "http://localhost:9000/balloond");
    assert_eq!(config.token_keys.len(), 2);
    assert!(!config.secure_cookies() && config.has_local_database());
}

#[test]
fn everything_missing_is_named_at_once() {
    let faults = Config::read(|_| None).unwrap_err();
    let named: Vec<_> = faults.0.iter().map(|fault| fault.variable).collect();
    assert_eq!(
        named,
        [
            "DATABASE_URL",
            "REDIS_URL",
            "S3_ENDPOINT",
            "S3_BUCKET",
            "S3_ACCESS_KEY_ID",
            "S3_SECRET_ACCESS_KEY",
            "TOKEN_KEYS",
            "SEALING_KEYS",
            "REFRESH_KEY"
        ]
    );
    assert_eq!(faults.to_string().lines().count(), 1 + named.len());
    assert!(faults.to_string().contains("REDIS_URL is not set; for example REDIS_URL=redis://localhost:6379"));
}

#[test]
fn wrong_values_are_faults_and_so_are_empty_ones_where_one_is_needed() {
    for (variable, value) in [
        ("API_ADDR", "8080"),
        ("WEB_ADDR", "localhost"),
        ("PUBLIC_WEB_URL", "http://balloond.example"),
        ("PUBLIC_API_URL", "https://balloond.example/api"),
        ("PUBLIC_API_URL", "http://127.0.0.1:8080"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgres://localhost:port/x"),
        ("DATABASE_POOL_SIZE", "0"),
        ("PGSSLROOTCERT", "/nowhere/ca.pem"),
        ("PGSSLROOTCERT", "Cargo.toml"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://localhost:6379,localhost:6380"),
        ("REDIS_CLUSTER", "perhaps"),
        ("REDIS_ROOT_CERT", "/nowhere/ca.pem"),
        ("S3_ENDPOINT", "localhost:9000"),
        ("S3_BUCKET", "My Bucket"),
        ("TOKEN_KEYS", KEY),
        ("TOKEN_KEYS", "a1:AAEC"),
        ("TOKEN_KEYS", "a1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("SEALING_KEYS", KEY),
        ("REFRESH_KEY", "not base64url!"),
        ("PASSWORD_HASHES_AT_ONCE", "many"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("RUST_LOG", "a=b=c"),
        ("METRICS_ADDR", "9100"),
        ("JOBS_TOKEN", "short"),
        ("SENTRY_DSN", "https://faults.example.com/1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hush"),
        ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("OTEL_SERVICE_NAME", "My Place"),
        ("ENVIRONMENT", "My Place"),
        ("MAIL_URL", "https://mail.example.com"),
        ("MAIL_URL", "smtp://me:hush@mail.example.com:587"),
        ("MAIL_URL", "smtps://"),
        ("MAIL_FROM", "nobody"),
        ("VAPID_KEY", "hush"),
        ("VAPID_KEY", "AAEC:AAEC"),
        ("PUSH_TO_LOCAL", "yes"),
    ] {
        assert_eq!(faults(&[(variable, value)]), [variable], "{value}");
    }
}

#[test]
fn nodes_of_a_cluster_are_alike_and_their_passwords_unseen() {
    let cluster = ("REDIS_CLUSTER", "true");
    let nodes = ("REDIS_URL", "redis://:hush-one@one:6379,redis://:hush-one@two:6379");
    let config = read(&[cluster, nodes]).unwrap();
    assert!(config.cache.is_cluster && !format!("{config:?}").contains("hush"), "{config:?}");
    let unlike = ("REDIS_URL", "redis://:hush-one@one:6379,rediss://:hush-two@two:6379");
    assert_eq!(faults(&[cluster, unlike]), ["REDIS_URL"]);
}

#[test]
fn a_key_stands_once_and_there_are_two_at_most() {
    let twice = format!("a:{KEY},b:{KEY}");
    let three = format!("a:{KEY},b:{OTHER_KEY},c:{KEY}");
    assert_eq!(faults(&[("TOKEN_KEYS", &twice)]), ["TOKEN_KEYS"]);
    assert_eq!(faults(&[("TOKEN_KEYS", &three)]), ["TOKEN_KEYS"]);
}

#[test]
fn https_makes_cookies_secure() {
    let urls = [("PUBLIC_WEB_URL", "https://balloond.example"), ("PUBLIC_API_URL", "https://balloond.example:443/")];
    assert_eq!(faults(&urls), ["MAIL_URL"], "nobody could open an account");
    let config = read(&[&urls[..], &[("MAIL_URL", "smtps://me:hush-mail@mail.example.com")]].concat()).unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    assert!(config.secure_cookies());
    assert_eq!(config.public_api_url, "https://balloond.example");
}

#[test]
fn push_services_on_this_machine_are_for_this_machine() {
    let key = balloond_push::VapidKey::generate().unwrap();
    let config = read(&[("VAPID_KEY", &key), ("PUSH_TO_LOCAL", "true")]).unwrap();
    assert!(!format!("{config:?}").contains(&key));
    let push = config.push.unwrap();
    assert!(push.allows_local && push.contact == "mailto:hello@balloond.example");
    let public = [
        ("PUBLIC_WEB_URL", "https://balloond.example"),
        ("PUBLIC_API_URL", "https://balloond.example"),
        ("MAIL_URL", "smtps://me:hush-mail@mail.example.com"),
        ("VAPID_KEY", key.as_str()),
    ];
    assert!(read(&public).unwrap().push.is_some_and(|push| !push.allows_local));
    assert_eq!(faults(&[&public[..], &[("PUSH_TO_LOCAL", "true")]].concat()), ["PUSH_TO_LOCAL"]);
}

#[test]
fn no_secret_is_shown() {
    let config = read(&[("DATABASE_REPLICA_URL", "postgres://me:hush-replica@replica/x")]).unwrap();
    let shown = format!("{config:?}\n{:?}{:?}", config.token_keys, config.refresh_key);
    assert!(!shown.contains("hush") && !shown.contains(KEY), "{shown}");
    assert!(shown.contains("TOKEN_KEYS=a1:…,b2:…"));
    let wrong =
        read(&[("TOKEN_KEYS", "hush-key"), ("REFRESH_KEY", "hush"), ("DATABASE_URL", "hush://x:hush@y")]).unwrap_err();
    assert_eq!(wrong.0.len(), 3);
    assert!(!format!("{wrong}{wrong:?}").contains("hush"));
}

/// A valid configuration, for the tests of other modules.
pub(crate) fn test_config() -> Config {
    read(&[]).unwrap()
}

#[test]
fn a_cdn_can_be_told_all_of_it_or_nothing() {
    let (base, zone, token) =
        (("CDN_BASE_URL", "https://photos.example.com"), ("CDN_PURGE_ZONE", "a1b2"), ("CDN_PURGE_TOKEN", "hush-token"));
    assert_eq!(faults(&[base, zone]), ["CDN_PURGE_TOKEN"]);
    assert_eq!(faults(&[base, token]), ["CDN_PURGE_ZONE"]);
    assert_eq!(faults(&[zone, token]), ["CDN_PURGE_ZONE"]);
    assert_eq!(faults(&[base, ("CDN_PURGE_ZONE", "../zones"), token]), ["CDN_PURGE_ZONE"]);
    let config = read(&[base, zone, token]).unwrap();
    assert!(!format!("{config:?} {:?}", config.storage.edge).contains("hush"));
    assert!(config.notes().is_empty() && read(&[]).unwrap().notes().is_empty());
    assert_eq!(read(&[base]).unwrap().notes().len(), 1);
}
