//! Postgres, Redis and three api processes, each behind a proxy; and how they are harmed.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use balloond_devstack::apps::{App, api_command};
use balloond_devstack::ports;
use balloond_devstack::postgres::Postgres;
use balloond_devstack::process::Process;
use balloond_devstack::redis::Redis;
use balloond_devstack::services::Environment;
use balloond_devstack::settings::{random_key, random_password};
use balloond_devstack::workspace::Workspace;
use rustix::process::Signal;

use crate::proxy::{Proxy, Weather};

/// How many api processes serve.
pub const NODES: usize = 3;

const GRACE: Duration = Duration::from_secs(5);

/// All of it, on ports and in a folder of its own.
pub struct Stack {
    workspace: Workspace,
    dir: PathBuf,
    places: Places,
    env: Environment,
    postgres: Process,
    redis: Process,
    nodes: Vec<Node>,
    /// How often an api process was started: each start has a log of its own.
    starts: usize,
}

struct Places {
    postgres: u16,
    redis: u16,
    password: String,
}

struct Node {
    process: Process,
    address: SocketAddr,
    proxy: Proxy,
}

impl Stack {
    /// Starts everything anew.
    pub async fn start(release: bool) -> Result<Self> {
        let mut workspace = Workspace::find(release)?;
        // Children are tethered through the program that knows how.
        workspace.program = workspace.program.with_file_name("balloond-devstack");
        let dir = workspace.data().join("chaos").join(std::process::id().to_string());
        fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let free = ports::some_free(2 + NODES)?;
        let [postgres, redis, apis @ ..] = &*free else { anyhow::bail!("no free port") };
        let places = Places { postgres: *postgres, redis: *redis, password: random_password() };
        let (postgres, _) = places.postgres(&dir).start(&workspace).await?;
        let redis = places.redis(&dir).start(&workspace).await?;
        let env = environment(&places, &dir);
        api_command(&workspace, &env, &dir, "migrate").await?;
        let mut stack = Self { workspace, dir, places, env, postgres, redis, nodes: Vec::new(), starts: 0 };
        for port in apis {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
            let process = stack.start_process(address).await?;
            stack.nodes.push(Node { process, address, proxy: Proxy::open(address).await? });
        }
        Ok(stack)
    }

    /// Where clients come in: the proxy before each api process.
    pub fn doors(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| node.proxy.address).collect()
    }

    pub fn database_url(&self) -> String {
        self.places.postgres(&self.dir).url()
    }

    async fn start_process(&mut self, address: SocketAddr) -> Result<Process> {
        self.starts += 1;
        let log = self.dir.join(format!("api-{}.log", self.starts));
        App::Api.start(&self.workspace, &self.env, address, Some(log)).await
    }

    /// `kill -9`.
    pub async fn kill_api(&mut self, number: usize) -> Result<()> {
        let node = self.nodes.get_mut(number).context("no such api process")?;
        node.process.signal(Signal::KILL);
        node.process.wait().await.map(drop)
    }

    pub async fn start_api(&mut self, number: usize) -> Result<()> {
        let address = self.nodes.get(number).context("no such api process")?.address;
        let process = self.start_process(address).await?;
        self.nodes.get_mut(number).context("no such api process")?.process = process;
        Ok(())
    }

    pub fn signal_api(&self, number: usize, signal: Signal) {
        self.nodes.iter().skip(number).take(1).for_each(|node| node.process.signal(signal));
    }

    pub async fn kill_redis(&mut self) -> Result<()> {
        self.redis.signal(Signal::KILL);
        self.redis.wait().await.map(drop)
    }

    pub async fn start_redis(&mut self) -> Result<()> {
        self.redis = self.places.redis(&self.dir).start(&self.workspace).await?;
        Ok(())
    }

    pub fn signal_redis(&self, signal: Signal) {
        self.redis.signal(signal);
    }

    /// Ends it in the mode `immediate`: without a farewell and without a checkpoint, to be recovered from its log.
    pub async fn stop_postgres(&mut self) -> Result<()> {
        self.postgres.signal(Signal::QUIT);
        self.postgres.wait().await.map(drop)
    }

    pub async fn start_postgres(&mut self) -> Result<()> {
        (self.postgres, _) = self.places.postgres(&self.dir).start(&self.workspace).await?;
        Ok(())
    }

    /// On the way to all processes alike.
    pub fn weather(&self, weather: Weather) {
        self.nodes.iter().for_each(|node| node.proxy.set(weather));
    }

    /// Ends it all. The logs stay when they are of interest; says where.
    pub async fn stop(mut self, keep_logs: bool) -> Option<PathBuf> {
        for node in &mut self.nodes {
            node.process.stop(GRACE).await;
        }
        self.redis.stop(GRACE).await;
        self.postgres.stop(GRACE).await;
        if keep_logs {
            for name in ["postgres", "redis"] {
                fs::remove_dir_all(self.dir.join(name)).ok();
            }
            return Some(self.workspace.relative(&self.dir).to_path_buf());
        }
        fs::remove_dir_all(&self.dir).ok();
        None
    }
}

impl Places {
    /// As safe as in production: what was acknowledged has to outlive a crash.
    fn postgres<'a>(&'a self, dir: &'a PathBuf) -> Postgres<'a> {
        Postgres { dir, port: self.postgres, password: &self.password, durable: true }
    }

    fn redis<'a>(&'a self, dir: &'a PathBuf) -> Redis<'a> {
        Redis { dir, port: self.redis, password: &self.password, durable: true }
    }
}

/// No photo is sent, so the object store is named and not there.
fn environment(places: &Places, dir: &PathBuf) -> Environment {
    [
        ("DATABASE_URL", places.postgres(dir).url()),
        ("DATABASE_REPLICA_URL", String::new()),
        ("REDIS_URL", places.redis(dir).url()),
        ("TOKEN_KEYS", format!("chaos:{}", random_key())),
        ("REFRESH_KEY", random_key()),
        ("SEALING_KEYS", format!("chaos:{}", random_key())),
        ("S3_ENDPOINT", "http://127.0.0.1:9".to_owned()),
        ("S3_REGION", "local".to_owned()),
        ("S3_BUCKET", "chaos".to_owned()),
        ("S3_ACCESS_KEY_ID", "chaos".to_owned()),
        ("S3_SECRET_ACCESS_KEY", random_password()),
        ("CDN_BASE_URL", "http://localhost:9/chaos".to_owned()),
        ("PUBLIC_WEB_URL", "http://localhost:3000".to_owned()),
        ("PUBLIC_API_URL", "http://localhost:8080".to_owned()),
        ("TRUSTED_PROXIES", "1".to_owned()),
        ("RUST_LOG", "info".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
