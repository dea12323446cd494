//! Servers behind meters, and what the kernel and the meters say of them.

use std::{collections::HashMap, env, fs, net::Ipv4Addr, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use balloond_cost::measured::Use;
use diesel::{QueryableByName, sql_query, sql_types::Integer};
use diesel_async::RunQueryDsl;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::meter::{Counts, Meter, Protocol};
use crate::{
    crowd::Crowd,
    server::{Server, Servers},
};

/// What is told after an answer is told by then.
const AFTERWARDS: Duration = Duration::from_millis(300);

pub struct Stage {
    pub web: Arc<Server>,
    pub api: Arc<Server>,
    /// Where they are asked, through meters.
    pub web_address: String,
    pub api_address: String,
    postgres: Arc<Counts>,
    redis: Arc<Counts>,
    out: [Arc<Counts>; 2],
    redis_pid: u32,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Nanoseconds of CPU, by thread: they come and go.
type Times = HashMap<u32, u64>;

/// Everything that is counted, at a moment.
struct Reading {
    servers: Times,
    postgres: Times,
    redis: Times,
    statements: u64,
    postgres_bytes: u64,
    commands: u64,
    redis_bytes: u64,
    out: u64,
}

impl Stage {
    /// Web and api of their own.
    pub async fn start(servers: &Servers) -> Result<Self> {
        let (settings, postgres, redis) = metered().await?;
        let (web, api) = servers.start_elsewhere(Ipv4Addr::LOCALHOST, &settings).await?;
        let (web_meter, api_meter) =
            (Meter::open(&web.address, Protocol::Bytes).await?, Meter::open(&api.address, Protocol::Bytes).await?);
        Ok(Self {
            web: Arc::new(web),
            api: Arc::new(api),
            web_address: web_meter.address,
            api_address: api_meter.address,
            postgres,
            redis,
            out: [web_meter.counts, api_meter.counts],
            redis_pid: redis_pid().await?,
        })
    }

    /// A worker alone; it stands where web and api do.
    pub async fn start_worker(servers: &Servers) -> Result<Self> {
        let (settings, postgres, redis) = metered().await?;
        let worker = Arc::new(servers.start_worker(&settings).await?);
        Ok(Self {
            web: Arc::clone(&worker),
            web_address: worker.address.clone(),
            api_address: worker.address.clone(),
            api: worker,
            postgres,
            redis,
            out: Default::default(),
            redis_pid: redis_pid().await?,
        })
    }

    /// What one of `times` takes; a few before them open what stays open. Each is told its number.
    pub async fn each(
        &self,
        crowd: &Crowd,
        name: &str,
        (warm_up, times): (usize, usize),
        mut act: impl AsyncFnMut(usize) -> Result<()>,
    ) -> Result<Use> {
        eprintln!("measuring {name}");
        for turn in 0..warm_up {
            act(turn).await?;
        }
        sleep(AFTERWARDS).await;
        let before = self.read(crowd).await?;
        for turn in warm_up..warm_up + times {
            act(turn).await?;
        }
        sleep(AFTERWARDS).await;
        let found = self.read(crowd).await?.since(&before);
        Ok(Use { requests: 1.0, ..found.times(1.0 / times as f64) })
    }

    /// What a minute takes, by what it takes while this waits.
    pub async fn minute(&self, crowd: &Crowd, time: Duration) -> Result<Use> {
        let before = self.read(crowd).await?;
        sleep(time).await;
        let found = self.read(crowd).await?.since(&before);
        let minute = found.times(60.0 / time.as_secs_f64());
        Ok(Use { egress_bytes: 0.0, packed_bytes: minute.egress_bytes, ..minute })
    }

    async fn read(&self, crowd: &Crowd) -> Result<Reading> {
        let backends: Vec<Backend> = sql_query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            .load(&mut *crowd.conn.lock().await)
            .await?;
        let backends: Vec<u32> = backends.iter().filter_map(|it| it.pid.try_into().ok()).collect();
        Ok(Reading {
            servers: times(&[self.web.pid(), self.api.pid()]),
            postgres: times(&backends),
            redis: times(&[self.redis_pid]),
            statements: self.postgres.commands(),
            postgres_bytes: self.postgres.answered(),
            commands: self.redis.commands(),
            redis_bytes: self.redis.answered(),
            out: self.out.iter().map(|counts| counts.answered()).sum(),
        })
    }
}

impl Reading {
    fn since(&self, before: &Self) -> Use {
        const NANOSECONDS: f64 = 1e6;
        let used = |now: &Times, before: &Times| {
            let each =
                now.iter().map(|(thread, now)| now.saturating_sub(before.get(thread).copied().unwrap_or_default()));
            each.sum::<u64>() as f64 / NANOSECONDS
        };
        Use {
            server_ms: used(&self.servers, &before.servers),
            postgres_ms: used(&self.postgres, &before.postgres),
            redis_ms: used(&self.redis, &before.redis),
            statements: (self.statements - before.statements) as f64,
            postgres_bytes: (self.postgres_bytes - before.postgres_bytes) as f64,
            redis_commands: (self.commands - before.commands) as f64,
            redis_bytes: (self.redis_bytes - before.redis_bytes) as f64,
            egress_bytes: (self.out - before.out) as f64,
            ..Use::default()
        }
    }
}

/// Settings that lead through meters, and what these count.
async fn metered() -> Result<(Vec<(String, String)>, Arc<Counts>, Arc<Counts>)> {
    let through = async |name: &str, protocol| -> Result<_> {
        let url = env::var(name).with_context(|| format!("{name} is not set: run this with `just bench`"))?;
        let (url, meter) = Meter::before(&url, protocol).await?;
        Ok(((name.to_owned(), url), meter.counts))
    };
    let (database, postgres) = through("DATABASE_URL", Protocol::Postgres).await?;
    let (cache, redis) = through("REDIS_URL", Protocol::Redis).await?;
    Ok((vec![database, cache], postgres, redis))
}

/// Of all threads of these processes. What ends meanwhile has no file any more.
fn times(processes: &[u32]) -> Times {
    let threads = processes.iter().filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok()).flatten().flatten();
    let each = threads.filter_map(|thread| {
        let used = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        Some((thread.file_name().to_str()?.parse().ok()?, used.split_whitespace().next()?.parse().ok()?))
    });
    each.collect()
}

/// Redis tells it itself.
async fn redis_pid() -> Result<u32> {
    let url = env::var("REDIS_URL")?;
    let (user, host) = url.trim_start_matches("redis://").split_once('@').context("a URL without a password")?;
    let (_, password) = user.split_once(':').context("a URL without a password")?;
    let mut stream = TcpStream::connect(host.trim_end_matches('/')).await?;
    stream.write_all(format!("AUTH {password}\r\nINFO server\r\nQUIT\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let line = answer.lines().find_map(|line| line.strip_prefix("process_id:")).context("Redis tells no process")?;
    Ok(line.trim().parse()?)
}
