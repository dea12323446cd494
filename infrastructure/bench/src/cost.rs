//! What each thing that people do takes: CPU of the servers, of Postgres and of Redis, statements, commands, bytes, files. Written to a
//! file, from which `just cost` says what so many people cost.

mod actions;
mod meter;
mod stage;

use std::{collections::BTreeMap, fs, path::Path, thread::available_parallelism, time::Duration};

use anyhow::{Context, Result};
use balloond_cost::{
    FOLDER,
    measured::{Measured, Memory, Use},
};
use chrono::Utc;
use tokio::time::sleep;

use crate::{
    chat::{
        Chat,
        socket::{Socket, connect, subscribe},
    },
    crowd::Crowd,
    server::Servers,
};
use stage::Stage;

/// Two people each.
const PAIRS: i64 = 100;
const MORE_SOCKETS: usize = 2_000;
/// What stays when nobody is there is counted for so long.
const WATCHED: Duration = Duration::from_secs(60);
/// A process goes on asking for ten seconds after the last request.
const FALLS_ASLEEP: Duration = Duration::from_secs(12);
const SETTLE: Duration = Duration::from_secs(3);

pub async fn measure(servers: &Servers, crowd: &Crowd) -> Result<()> {
    let stage = Stage::start(servers).await?;
    let pairs = crowd.pairs(servers, PAIRS).await?;

    eprintln!("measuring web and api without people");
    sleep(FALLS_ASLEEP).await;
    let idle_minute = stage.minute(crowd, WATCHED).await?;
    let mut memory = Memory { web: mib(&stage.web)?, api: mib(&stage.api)?, ..Memory::default() };
    let worker_minute = measure_worker(servers, crowd, &mut memory).await?;
    let (api_minute, socket_minute) = measure_sockets(&stage, crowd, &pairs, &mut memory).await?;
    let actions = actions::measure(&stage, crowd, pairs).await?;
    write(&Measured {
        date: Utc::now().format("%F").to_string(),
        machine: machine(),
        actions: actions.into_iter().map(|(name, it)| (name.to_owned(), rounded(it))).collect::<BTreeMap<_, _>>(),
        socket_minute: rounded(socket_minute),
        api_minute: rounded(api_minute),
        worker_minute: rounded(worker_minute),
        idle_minute: rounded(idle_minute),
        memory: Memory {
            web: round(memory.web),
            api: round(memory.api),
            worker: round(memory.worker),
            socket: round(memory.socket),
        },
    })
}

fn mib(server: &crate::server::Server) -> Result<f64> {
    Ok(server.memory()? as f64 / 1024.0)
}

async fn measure_worker(servers: &Servers, crowd: &Crowd, memory: &mut Memory) -> Result<Use> {
    eprintln!("measuring a worker without work");
    let stage = Stage::start_worker(servers).await?;
    sleep(SETTLE).await;
    memory.worker = mib(&stage.api)?;
    stage.minute(crowd, WATCHED).await
}

/// A minute of an api process with the first socket, and of each socket more.
async fn measure_sockets(stage: &Stage, crowd: &Crowd, pairs: &[Chat], memory: &mut Memory) -> Result<(Use, Use)> {
    eprintln!("measuring sockets that hear nothing");
    // Some have several, as whoever has several pages open.
    let mut all = pairs.iter().cycle().flat_map(|chat| chat.people.iter().map(move |person| (chat.id, person)));
    let mut sockets: Vec<Socket> = Vec::new();
    let mut open = async |count: usize| -> Result<()> {
        for (chat, person) in all.by_ref().take(count) {
            let mut socket = connect(&stage.api_address, person).await?;
            subscribe(&mut socket, chat).await?;
            sockets.push(socket);
        }
        sleep(SETTLE).await;
        Ok(())
    };
    open(1).await?;
    let few = stage.minute(crowd, WATCHED).await?;
    let before = mib(&stage.api)?;
    open(MORE_SOCKETS).await?;
    let more = MORE_SOCKETS as f64;
    memory.socket = (mib(&stage.api)? - before).max(0.0) * 1024.0 / more;
    let many = stage.minute(crowd, WATCHED).await?;
    let mut each = many;
    each += few.times(-1.0);
    let each = each.times(1.0 / more);
    Ok((at_least_nothing(few), at_least_nothing(each)))
}

fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("", |rest| rest.trim_matches([' ', '\t', ':']));
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("{build} build, {} cores of {model}", available_parallelism().map_or(1, usize::from))
}

fn write(measured: &Measured) -> Result<()> {
    let file = Path::new(FOLDER).join("measured.json");
    let text = serde_json::to_string_pretty(measured)?;
    fs::write(&file, text + "\n").with_context(|| format!("{} cannot be written", file.display()))?;
    eprintln!("written to {}", file.display());
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn rounded(it: Use) -> Use {
    each(it, round)
}

/// The difference of two measurements may be below nothing by chance.
fn at_least_nothing(it: Use) -> Use {
    each(it, |value| value.max(0.0))
}

fn each(it: Use, change: impl Fn(f64) -> f64) -> Use {
    Use {
        server_ms: change(it.server_ms),
        postgres_ms: change(it.postgres_ms),
        redis_ms: change(it.redis_ms),
        requests: change(it.requests),
        statements: change(it.statements),
        postgres_bytes: change(it.postgres_bytes),
        redis_commands: change(it.redis_commands),
        redis_bytes: change(it.redis_bytes),
        egress_bytes: change(it.egress_bytes),
        packed_bytes: change(it.packed_bytes),
        kept_bytes: change(it.kept_bytes),
        objects: change(it.objects),
        object_bytes: change(it.object_bytes),
    }
}
