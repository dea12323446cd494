//! PostgreSQL, Redis and the object store together: started side by side, described by the environment that the apps read,
//! ended in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use balloond_push::VapidKey;
use rustix::process::Signal;

use crate::objects::Objects;
use crate::postgres::{self, Postgres};
use crate::process::{Process, end};
use crate::redis::Redis;
use crate::report;
use crate::settings::{Settings, random_key, random_password};
use crate::workspace::Workspace;

/// Enough for PostgreSQL's last checkpoint and Redis' last write on a slow disk.
const GRACE: Duration = Duration::from_secs(15);

/// The environment by name, as the apps read it.
pub type Environment = BTreeMap<String, String>;

/// Which of the services the environment brings along already.
pub struct Given {
    pub database: bool,
    pub redis: bool,
    pub objects: bool,
}

impl Given {
    pub fn nothing() -> Self {
        Self { database: false, redis: false, objects: false }
    }

    pub fn by_environment() -> Self {
        let given = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
        Self { database: given("DATABASE_URL"), redis: given("REDIS_URL"), objects: given("S3_ENDPOINT") }
    }
}

/// The running services. They are ended by [`Services::stop`].
#[derive(Default)]
pub struct Services {
    postgres: Option<Process>,
    redis: Option<Process>,
    objects: Option<Process>,
}

impl Services {
    /// Starts what is not given, in `dir`, and returns the environment of it all. On a failure what was started stays in
    /// `self`, to be stopped.
    pub async fn start(
        &mut self,
        workspace: &Workspace,
        dir: &Path,
        settings: &mut Settings,
        given: &Given,
        durable: bool,
    ) -> Result<Environment> {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let secrets = Secrets::remembered(settings);
        if durable {
            end_orphans(dir, settings, &secrets).await?;
        }
        let ports = Ports::free(settings, given)?;
        settings.save()?;
        let parts = Parts::new(dir, &secrets, &ports, durable);
        let Parts { postgres, redis, objects } = &parts;
        let started = tokio::join!(
            start_unless(given.database, "DATABASE_URL", async {
                let (process, version) = postgres.start(workspace).await?;
                Ok((process, format!("PostgreSQL {version} on port {}", postgres.port)))
            }),
            start_unless(given.redis, "REDIS_URL", async {
                Ok((redis.start(workspace).await?, format!("Redis on port {}", redis.port)))
            }),
            start_unless(given.objects, "S3_ENDPOINT", async {
                Ok((objects.start(workspace).await?, format!("S3 on port {}", objects.port)))
            }),
        );
        let mut failure = None;
        for (slot, outcome) in
            [(&mut self.postgres, started.0), (&mut self.redis, started.1), (&mut self.objects, started.2)]
        {
            match outcome {
                Ok(process) => *slot = process,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or_else(|| Ok(environment(&parts, &secrets, given)), Err)
    }

    /// Waits for a service to end by itself, which none should, and tells its name.
    pub async fn any_end(&mut self) -> &str {
        tokio::select! {
            name = end(&mut self.postgres) => name,
            name = end(&mut self.redis) => name,
            name = end(&mut self.objects) => name,
        }
    }

    /// Ends them: Redis writes its last, the object store finishes what it is at, PostgreSQL last.
    pub async fn stop(&mut self) {
        for process in [&mut self.redis, &mut self.objects, &mut self.postgres].into_iter().flatten() {
            process.stop(GRACE).await;
        }
    }

    /// Ends them at once; PostgreSQL and Redis recover from that at their next start.
    pub fn kill(&self) {
        for process in [&self.redis, &self.objects, &self.postgres].into_iter().flatten() {
            process.signal(Signal::KILL);
        }
    }
}

/// The environment of services that run already, by what is remembered of them.
pub fn running(dir: &Path, settings: &mut Settings, given: &Given) -> Environment {
    let secrets = Secrets::remembered(settings);
    let ports = Ports::remembered(settings);
    environment(&Parts::new(dir, &secrets, &ports, true), &secrets, given)
}

/// Ends what a crash left running on this data, before anything is decided about ports.
async fn end_orphans(dir: &Path, settings: &Settings, secrets: &Secrets) -> Result<()> {
    let ports = Ports::remembered(settings);
    let parts = Parts::new(dir, secrets, &ports, true);
    tokio::try_join!(postgres::end_orphan(dir), parts.redis.end_orphan()).map(|_| ())
}

struct Secrets {
    postgres: String,
    redis: String,
    access_key: String,
    secret_key: String,
    token_keys: String,
    refresh_key: String,
    sealing_keys: String,
    vapid_key: String,
}

impl Secrets {
    fn remembered(settings: &mut Settings) -> Self {
        Self {
            postgres: settings.remembered("POSTGRES_PASSWORD", random_password),
            redis: settings.remembered("REDIS_PASSWORD", random_password),
            access_key: settings.remembered("S3_ACCESS_KEY_ID", || "balloond-local".to_owned()),
            secret_key: settings.remembered("S3_SECRET_ACCESS_KEY", random_password),
            token_keys: settings.remembered("TOKEN_KEYS", || format!("local:{}", random_key())),
            refresh_key: settings.remembered("REFRESH_KEY", random_key),
            sealing_keys: settings.remembered("SEALING_KEYS", || format!("local:{}", random_key())),
            // Without one nobody is woken, and all else goes on.
            vapid_key: settings.remembered("VAPID_KEY", || VapidKey::generate().unwrap_or_default()),
        }
    }
}

/// The ports of the services; 0 for one that is given.
struct Ports {
    postgres: u16,
    redis: u16,
    objects: u16,
}

const POSTGRES_PORT: &str = "POSTGRES_PORT";
const REDIS_PORT: &str = "REDIS_PORT";
const S3_PORT: &str = "S3_PORT";

impl Ports {
    fn free(settings: &mut Settings, given: &Given) -> Result<Self> {
        let mut port = |given, name, usual| if given { Ok(0) } else { settings.free_port(name, usual) };
        Ok(Self {
            postgres: port(given.database, POSTGRES_PORT, 15432)?,
            redis: port(given.redis, REDIS_PORT, 16379)?,
            objects: port(given.objects, S3_PORT, 19000)?,
        })
    }

    fn remembered(settings: &Settings) -> Self {
        let port = |name| settings.remembered_port(name).unwrap_or_default();
        Self { postgres: port(POSTGRES_PORT), redis: port(REDIS_PORT), objects: port(S3_PORT) }
    }
}

struct Parts<'a> {
    postgres: Postgres<'a>,
    redis: Redis<'a>,
    objects: Objects<'a>,
}

impl<'a> Parts<'a> {
    fn new(dir: &'a Path, secrets: &'a Secrets, ports: &Ports, durable: bool) -> Self {
        Self {
            postgres: Postgres { dir, port: ports.postgres, password: &secrets.postgres, durable },
            redis: Redis { dir, port: ports.redis, password: &secrets.redis, durable },
            objects: Objects {
                dir,
                port: ports.objects,
                access_key: &secrets.access_key,
                secret_key: &secrets.secret_key,
            },
        }
    }
}

fn environment(parts: &Parts<'_>, secrets: &Secrets, given: &Given) -> Environment {
    let mut env = Environment::from([
        ("TOKEN_KEYS".to_owned(), secrets.token_keys.clone()),
        ("REFRESH_KEY".to_owned(), secrets.refresh_key.clone()),
        ("SEALING_KEYS".to_owned(), secrets.sealing_keys.clone()),
        ("VAPID_KEY".to_owned(), secrets.vapid_key.clone()),
    ]);
    if !given.database {
        env.insert("DATABASE_URL".into(), parts.postgres.url());
    }
    if !given.redis {
        env.insert("REDIS_URL".into(), parts.redis.url());
    }
    if !given.objects {
        env.extend(object_environment(&parts.objects));
    }
    env
}

async fn start_unless(
    given: bool,
    variable: &str,
    start: impl Future<Output = Result<(Process, String)>>,
) -> Result<Option<Process>> {
    let since = Instant::now();
    if given {
        report::done("stack", &format!("{variable} of the environment is used"), since);
        return Ok(None);
    }
    let (process, what) = start.await?;
    report::done("stack", &what, since);
    Ok(Some(process))
}

/// Pictures are fetched by the browser, which knows this machine as `localhost`.
fn object_environment(objects: &Objects<'_>) -> Environment {
    let port = objects.port;
    let bucket = postgres::NAME;
    [
        ("S3_ENDPOINT", format!("http://127.0.0.1:{port}")),
        ("S3_REGION", "local".to_owned()),
        ("S3_BUCKET", bucket.to_owned()),
        ("S3_ACCESS_KEY_ID", objects.access_key.to_owned()),
        ("S3_SECRET_ACCESS_KEY", objects.secret_key.to_owned()),
        ("CDN_BASE_URL", format!("http://localhost:{port}/{bucket}")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
