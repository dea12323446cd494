//! Every setting: its name, what a right value looks like, and what it is for. `.env.example` is made from this.

use super::environment::Variable;

pub(super) const API_ADDR: Variable = Variable::open("API_ADDR", "0.0.0.0:8080")
    .about("The addresses that the servers listen on (`just dev` listens on 127.0.0.1).");
pub(super) const WEB_ADDR: Variable = Variable::open("WEB_ADDR", "0.0.0.0:3000");
pub(super) const METRICS_ADDR: Variable = Variable::open("METRICS_ADDR", "127.0.0.1:9100").about(
    "Where a process answers `GET /metrics` for Prometheus; nowhere unless set. Each process needs one of its own, and no \
     stranger should reach it.",
);
pub(super) const PUBLIC_API_URL: Variable = Variable::open("PUBLIC_API_URL", "http://localhost:8080")
    .about("How browsers reach them: scheme, host and port. Both have the same host, as cookies go to one host only.");
pub(super) const PUBLIC_WEB_URL: Variable = Variable::open("PUBLIC_WEB_URL", "http://localhost:3000");
pub(super) const SITE_ROOT: Variable = Variable::open("SITE_ROOT", "target/site")
    .about("The folder of scripts, styles and images that web serves (`just build` makes `site`).");
pub(super) const TRUSTED_PROXIES: Variable = Variable::open("TRUSTED_PROXIES", "0")
    .about("How many proxies stand in front of the servers, whose X-Forwarded-For is believed. 0 believes nobody's.");

pub(super) const DATABASE_URL: Variable =
    Variable::secret("DATABASE_URL", "postgres://balloond:PASSWORD@localhost:5432/balloond?sslmode=disable")
        .about("sslmode=disable is for this machine; elsewhere sslmode=require, which verifies the certificate.");
pub(super) const DATABASE_REPLICA_URL: Variable =
    Variable::secret("DATABASE_REPLICA_URL", "postgres://balloond:PASSWORD@replica:5432/balloond?sslmode=require")
        .about("A replica to read from; the primary takes over while it is away.");
pub(super) const DATABASE_POOL_SIZE: Variable =
    Variable::open("DATABASE_POOL_SIZE", "5").about("Connections a process; the default is twice the cores and one.");

pub(super) const PGSSLROOTCERT: Variable = Variable::open(balloond_database::ROOT_CERTIFICATES, "/etc/balloond/postgres-ca.pem")
    .about("The certificate, in PEM, of the authority that signs the database's, where that is none of the web's. pg_dump reads it too.");

pub(super) const REDIS_URL: Variable = Variable::secret("REDIS_URL", "redis://localhost:6379")
    .about("rediss:// is Redis over TLS. Of a cluster: one node or several, with commas between them.");
pub(super) const REDIS_CLUSTER: Variable =
    Variable::open("REDIS_CLUSTER", "false").about("Whether that is a cluster (of Redis 7 or newer).");
pub(super) const REDIS_ROOT_CERT: Variable = Variable::open("REDIS_ROOT_CERT", "/etc/balloond/redis-ca.pem")
    .about("The certificate, in PEM, of the authority that signs Redis' own, instead of the web's.");

pub(super) const S3_ENDPOINT: Variable = Variable::open("S3_ENDPOINT", "http://localhost:9000");
pub(super) const S3_PUBLIC_ENDPOINT: Variable = Variable::open("S3_PUBLIC_ENDPOINT", "https://objects.example.com")
    .about("The store as browsers reach it, for signed addresses; the default is S3_ENDPOINT.");
pub(super) const S3_REGION: Variable = Variable::open("S3_REGION", "us-east-1");
pub(super) const S3_BUCKET: Variable = Variable::open("S3_BUCKET", "balloond");
pub(super) const S3_ACCESS_KEY_ID: Variable = Variable::secret("S3_ACCESS_KEY_ID", "balloond");
pub(super) const S3_SECRET_ACCESS_KEY: Variable = Variable::secret("S3_SECRET_ACCESS_KEY", "SECRET");
pub(super) const CDN_BASE_URL: Variable = Variable::open("CDN_BASE_URL", "https://photos.example.com")
    .about("The public address of the bucket's objects; the default is S3_ENDPOINT/S3_BUCKET.");

pub(super) const CDN_PURGE_ZONE: Variable = Variable::open("CDN_PURGE_ZONE", "023e105f4ecef8ad9ca31a8372d0c353")
    .about("The zone of the CDN there (Cloudflare), which is told to forget photos that are deleted. Not set, it keeps them for up to a year.");
pub(super) const CDN_PURGE_TOKEN: Variable =
    Variable::secret("CDN_PURGE_TOKEN", "TOKEN").about("A token that may purge that zone's cache, and nothing else.");
pub(super) const CDN_PURGE_API: Variable =
    Variable::open("CDN_PURGE_API", "https://api.cloudflare.com/client/v4").about("Where it is told.");

pub(super) const TOKEN_KEYS: Variable = Variable::secret(
    "TOKEN_KEYS",
    "a1:BASE64URL_OF_32_RANDOM_BYTES (make one: openssl rand -base64 32 | tr +/ -_)",
)
.about(
    "The keys that sign access tokens: `id:key`, at most two with a comma between them. The first signs, both verify.",
);
pub(super) const REFRESH_KEY: Variable =
    Variable::secret("REFRESH_KEY", "BASE64URL_OF_32_RANDOM_BYTES (make one: openssl rand -base64 32 | tr +/ -_)")
        .about("Derives refresh tokens.");

pub(super) const SEALING_KEYS: Variable = Variable::secret(
    "SEALING_KEYS",
    "a1:BASE64URL_OF_32_RANDOM_BYTES (make one: openssl rand -base64 32 | tr +/ -_)",
)
.about(
    "The keys that seal what is secret in the database (the second step's): `id:key`, at most two with a comma between them. The first seals, both open.",
);

pub(super) const JOBS_TOKEN: Variable =
    Variable::secret("JOBS_TOKEN", "BASE64URL_OF_32_RANDOM_BYTES (make one: openssl rand -base64 32 | tr +/ -_)")
        .about(
            "What an outside scheduler shows to `POST /api/v1/jobs/drain`, where no worker runs; not set, nobody can.",
        );

pub(super) const MAIL_URL: Variable = Variable::secret(
    "MAIL_URL",
    "smtp://USER:PASSWORD@mail.example.com:587?tls=required",
)
.about(
    "The mail server: smtps:// for TLS, or smtp:// with tls=required for STARTTLS. Without it mail goes into a folder.",
);
pub(super) const MAIL_FOLDER: Variable = Variable::open("MAIL_FOLDER", ".data/mail")
    .about("The folder for mail where there is no mail server (`just mail` shows the newest).");
pub(super) const MAIL_FROM: Variable =
    Variable::open("MAIL_FROM", "Balloon'd <hello@balloond.example>").about("Who mail is from.");

pub(super) const VAPID_KEY: Variable = Variable::secret("VAPID_KEY", "PUBLIC:PRIVATE (make one: balloond-api vapid-key)")
    .about("The key that shows push services who we are: without it nobody's browser is woken. Browsers subscribe to this one key.");
pub(super) const PUSH_TO_LOCAL: Variable = Variable::open("PUSH_TO_LOCAL", "false").about(
    "Whether push services may be on this machine, without TLS: for tests, and only where PUBLIC_WEB_URL is http://.",
);

pub(super) const PASSWORD_HASHES_AT_ONCE: Variable = Variable::open("PASSWORD_HASHES_AT_ONCE", "2").about(
    "Passwords that are hashed at the same time; each takes 19 MiB and a core. The default is the number of cores.",
);
pub(super) const LOG_FORMAT: Variable =
    Variable::open("LOG_FORMAT", "pretty").about("pretty for people, json for machines.");
pub(super) const LOG_LEVEL: Variable = Variable::open("LOG_LEVEL", "info")
    .about("off, error, warn, info, debug or trace; RUST_LOG instead of it is finer.");
pub(super) const RUST_LOG: Variable = Variable::open("RUST_LOG", "info,balloond_domain=debug");

pub(super) const SENTRY_DSN: Variable = Variable::secret("SENTRY_DSN", "https://KEY@faults.example.com/1").about(
    "Where errors and panics are reported, scrubbed: any service that speaks Sentry's protocol. Not set, nothing is sent.",
);
pub(super) const OTEL_EXPORTER_OTLP_ENDPOINT: Variable =
    Variable::open("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318").about(
        "Where traces are sent: the base of a collector of OTLP over HTTP, in JSON. Not set, nothing is traced.",
    );
pub(super) const OTEL_EXPORTER_OTLP_HEADERS: Variable =
    Variable::secret("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20BASE64")
        .about("What the collector wants to be told with them: name=value,name=value, the values percent-encoded.");
pub(super) const OTEL_SERVICE_NAME: Variable = Variable::open("OTEL_SERVICE_NAME", "balloond-api")
    .about("What a process is called in traces; by default balloond-api, balloond-web or balloond-worker.");
pub(super) const OTEL_TRACES_SAMPLER_ARG: Variable = Variable::open("OTEL_TRACES_SAMPLER_ARG", "1")
    .about("The share of traces that are kept, 0 to 1. A busy place keeps few.");
pub(super) const ENVIRONMENT: Variable = Variable::open("ENVIRONMENT", "production")
    .about("What reports and traces call this place; `development` on localhost, else `production`.");

struct Section {
    title: &'static str,
    variables: &'static [Variable],
}

const SECTIONS: [Section; 9] = [
    Section {
        title: "Where things are",
        variables: &[API_ADDR, WEB_ADDR, METRICS_ADDR, PUBLIC_API_URL, PUBLIC_WEB_URL, SITE_ROOT, TRUSTED_PROXIES],
    },
    Section {
        title: "PostgreSQL (required; `just dev` starts its own unless DATABASE_URL is set)",
        variables: &[DATABASE_URL, DATABASE_REPLICA_URL, DATABASE_POOL_SIZE, PGSSLROOTCERT],
    },
    Section {
        title: "Redis (required; `just dev` starts its own unless REDIS_URL is set)",
        variables: &[REDIS_URL, REDIS_CLUSTER, REDIS_ROOT_CERT],
    },
    Section {
        title: "S3 (required; `just dev` starts its own unless S3_ENDPOINT is set)",
        variables: &[
            S3_ENDPOINT,
            S3_PUBLIC_ENDPOINT,
            S3_REGION,
            S3_BUCKET,
            S3_ACCESS_KEY_ID,
            S3_SECRET_ACCESS_KEY,
            CDN_BASE_URL,
            CDN_PURGE_ZONE,
            CDN_PURGE_TOKEN,
            CDN_PURGE_API,
        ],
    },
    Section {
        title: "Secrets (required; `just dev` makes its own)",
        variables: &[TOKEN_KEYS, REFRESH_KEY, SEALING_KEYS],
    },
    Section { title: "Push", variables: &[VAPID_KEY, PUSH_TO_LOCAL] },
    Section { title: "Mail", variables: &[MAIL_URL, MAIL_FOLDER, MAIL_FROM] },
    Section {
        title: "Work",
        variables: &[JOBS_TOKEN, PASSWORD_HASHES_AT_ONCE, LOG_FORMAT, LOG_LEVEL, RUST_LOG, SENTRY_DSN, ENVIRONMENT],
    },
    Section {
        title: "Traces",
        variables: &[
            OTEL_EXPORTER_OTLP_ENDPOINT,
            OTEL_EXPORTER_OTLP_HEADERS,
            OTEL_SERVICE_NAME,
            OTEL_TRACES_SAMPLER_ARG,
        ],
    },
];

const HEAD: &str = "\
# Every setting, with its default or an example; made by `just env-example`. For `just dev` nothing here is needed: copy the
# file to `.env` and take the mark off what is to differ. A server that finds a fault names every fault at once;
# `balloond-api config` shows what it read.
";

/// What is read by the tools of operators and developers alone.
const TOOLS: &str = "
# --- `just backup` and `just restore` alone -----------------------------------------------------------------------------

# Encrypts backups: base64url of 32 random bytes. Keep it where the backups are not: without it they cannot be read.
#BACKUP_KEY=BASE64URL_OF_32_RANDOM_BYTES (make one: openssl rand -base64 32 | tr +/ -_)
# --- `just dev` alone ---------------------------------------------------------------------------------------------------

# The ports of its own services. When they are not set and one is taken, another one is chosen and remembered.
#POSTGRES_PORT=15432
#REDIS_PORT=16379
#S3_PORT=19000

# The folder of PostgreSQL's programs, where it is not on PATH or in the distribution's place.
#PG_BIN=/usr/lib/postgresql/15/bin

# Which compiler makes the browser's side: rustup's target, or debian's packages. By default whichever is there.
#BALLOOND_WASM_TOOLCHAIN=rustup
";

const WIDTH: usize = 120;

/// The text of `.env.example`.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for Section { title, variables } in SECTIONS {
        text.push_str(&format!("\n{:-<WIDTH$}\n", format!("# --- {title} ")));
        for (place, variable) in variables.iter().enumerate() {
            if place == 0 || !variable.about.is_empty() {
                text.push('\n');
            }
            text.push_str(&comment(variable.about));
            text.push_str(&format!("#{}={}\n", variable.name, variable.example));
        }
    }
    text.push_str(TOOLS);
    text
}

/// Lines of comment, broken between words.
fn comment(words: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= WIDTH => *line = format!("{line} {word}"),
            _ => lines.push(format!("# {word}")),
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::config::tests::test_config;

    #[test]
    fn the_example_file_is_what_the_settings_say() {
        assert!(include_str!("../../../../.env.example") == example(), "run `just env-example`");
    }

    #[test]
    fn every_setting_is_in_the_example_and_in_the_readme() {
        let known: HashSet<_> = SECTIONS.iter().flat_map(|section| section.variables).map(|it| it.name).collect();
        let readme = include_str!("../../../../README.md");
        for line in test_config().describe().lines() {
            let name = line.split('=').next().unwrap();
            assert!(known.contains(name), "{name} is in no section");
        }
        for name in known {
            assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
        }
    }
}
