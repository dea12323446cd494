//! `exec`: a command amid a throw-away stack, for the tests, CI and the benchmark.

use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::apps::{self, App, api_command};
use crate::dev;
use crate::ports;
use crate::process::{Launch, Output, Process};
use crate::report;
use crate::services::{self, Environment, Given, Services};
use crate::settings::{Settings, lock, try_lock};
use crate::signals::Signals;
use crate::workspace::Workspace;

/// After a signal the command gets this long to end.
const GRACE: Duration = Duration::from_secs(15);

/// The databases, objects and logs of a run, in bytes, with room to spare.
const MEMORY_WANTED: u64 = 4 << 30;

/// What to run, and amid what.
pub struct Exec {
    pub command: Vec<OsString>,
    /// How many api processes to start; with at least one, web is started too.
    pub apps: usize,
    /// Whether the services write as safely as in production, as a benchmark wants it.
    pub durable: bool,
}

/// Runs it and returns the command's exit code.
pub async fn run(workspace: &Workspace, exec: Exec) -> Result<u8> {
    let mut signals = Signals::listen()?;
    let area = Area::make(&place(workspace, exec.durable))?;
    let mut services = Services::default();
    let mut apps = Vec::new();
    let prepared = tokio::select! {
        env = prepare(workspace, &area.dir, &exec, &mut services, &mut apps) => env.map(Ok),
        signal = signals.next() => Ok(Err(signal_code(signal.as_raw()))),
    };
    let outcome = match prepared {
        Ok(Ok(env)) => run_command(workspace, &exec.command, &env, &mut signals).await,
        Ok(Err(code)) => Ok(code),
        Err(error) => Err(error),
    };
    for app in &mut apps {
        app.stop(apps::GRACE).await;
    }
    services.stop().await;
    if exec.apps > 0 && !matches!(outcome, Ok(0)) {
        let logs = workspace.relative(&area.dir).display();
        report::from("stack", report::YELLOW, &format!("the apps' logs are kept in {logs}"));
        area.keep_logs();
    } else {
        area.remove();
    }
    outcome
}

/// Runs a command on the local data, with the services that `dev` runs, or else with the same ones started for this.
pub async fn run_local(workspace: &Workspace, command: &[OsString]) -> Result<u8> {
    let mut signals = Signals::listen()?;
    let data = workspace.data();
    let mut settings = Settings::load(data.join("dev.env"))?;
    let given = Given::by_environment();
    let Some(_lock) = dev::lock(&data)? else {
        return run_command(workspace, command, &services::running(&data, &mut settings, &given), &mut signals).await;
    };
    let mut services = Services::default();
    let outcome = match services.start(workspace, &data, &mut settings, &given, true).await {
        Ok(env) => run_command(workspace, command, &env, &mut signals).await,
        Err(error) => Err(error),
    };
    services.stop().await;
    outcome
}

async fn prepare(
    workspace: &Workspace,
    dir: &Path,
    exec: &Exec,
    services: &mut Services,
    apps: &mut Vec<Process>,
) -> Result<Environment> {
    let mut settings = Settings::throw_away();
    let mut env = services.start(workspace, dir, &mut settings, &Given::nothing(), exec.durable).await?;
    // What the developer's own environment says about other places has no say in a test.
    env.insert("DATABASE_REPLICA_URL".into(), String::new());
    env.insert("MAIL_URL".into(), String::new());
    env.insert("MAIL_FOLDER".into(), dir.join("mail").display().to_string());
    // Who wants more of a stack can ask this program.
    env.insert("DEVSTACK".into(), workspace.program.display().to_string());
    if exec.apps > 0 {
        start_apps(workspace, dir, exec.apps, &mut env, apps).await?;
    }
    Ok(env)
}

/// Runs the command to its end; a signal is passed on to it, and it may end as it likes.
async fn run_command(
    workspace: &Workspace,
    command: &[OsString],
    env: &Environment,
    signals: &mut Signals,
) -> Result<u8> {
    let (program, args) = command.split_first().context("no command was given")?;
    let name = program.to_string_lossy();
    let mut process = Launch::new(&name, program, Output::Inherited).args(args).env(env).start(workspace)?;
    let status = tokio::select! {
        status = process.wait() => Some(status?),
        signal = signals.next() => {
            process.signal(signal);
            tokio::time::timeout(GRACE, process.wait()).await.ok().transpose()?
        }
    };
    process.stop(Duration::ZERO).await;
    Ok(status.map_or(signal_code(rustix::process::Signal::KILL.as_raw()), exit_code))
}

/// Migrates, then starts the apps on free ports and puts their URLs into the environment.
async fn start_apps(
    workspace: &Workspace,
    dir: &Path,
    count: usize,
    env: &mut Environment,
    running: &mut Vec<Process>,
) -> Result<()> {
    let ports = ports::some_free(count + 1)?;
    let (web, apis) = ports.split_first().context("no free port")?;
    let url = |port: &u16| format!("http://localhost:{port}");
    env.insert("WEB_URL".into(), url(web));
    env.insert("PUBLIC_WEB_URL".into(), url(web));
    for (number, port) in (1..).zip(apis) {
        env.insert(if number == 1 { "API_URL".into() } else { format!("API_URL_{number}") }, url(port));
    }
    env.insert("PUBLIC_API_URL".into(), apis.first().map(url).unwrap_or_default());
    env.insert("PUSH_TO_LOCAL".into(), "true".into());
    env.insert("SITE_ROOT".into(), workspace.site().display().to_string());
    // Node 18 takes the first answer for `localhost`, which is ::1.
    env.insert("NODE_OPTIONS".into(), "--dns-result-order=ipv4first".into());

    api_command(workspace, env, dir, "migrate").await?;
    let since = Instant::now();
    let on = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for (number, port) in (1..).zip(apis) {
        let log = dir.join(format!("api-{number}.log"));
        running.push(App::Api.start(workspace, env, on(*port), Some(log)).await?);
    }
    running.push(apps::start_worker(workspace, env, Some(dir.join("worker.log")))?);
    running.push(App::Web.start(workspace, env, on(*web), Some(dir.join("web.log"))).await?);
    report::done("stack", &format!("{count} × api and web on {}", url(web)), since);
    Ok(())
}

/// The code a shell would give: 128 plus the signal's number where there is none.
fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(1),
        (None, signal) => signal.map_or(1, signal_code),
    }
}

fn signal_code(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(1)
}

/// Where the stack's data lies: in memory where there is room for it and a crash may lose it, else with the local data.
fn place(workspace: &Workspace, durable: bool) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |room| room.f_bavail.saturating_mul(room.f_frsize));
    if durable || free < MEMORY_WANTED {
        return workspace.data().join("test");
    }
    memory.join(format!("balloond-{}", rustix::process::geteuid().as_raw()))
}

/// A folder of this run alone, locked while it runs: one without a lock is left over from a crash and goes.
pub(crate) struct Area {
    pub(crate) dir: PathBuf,
    lock: fs::File,
}

impl Area {
    pub(crate) fn make(parent: &Path) -> Result<Self> {
        fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        // Nobody may sweep between the making of a folder and its lock.
        let _turn = lock(&parent.with_extension("lock"))?;
        for entry in fs::read_dir(parent).with_context(|| format!("{} cannot be read", parent.display()))?.flatten() {
            if let Ok(Some(_lock)) = try_lock(&entry.path().join("lock")) {
                fs::remove_dir_all(entry.path()).ok();
            }
        }
        let dir = parent.join(std::process::id().to_string());
        fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let lock = try_lock(&dir.join("lock"))?.context("another run uses this folder")?;
        Ok(Self { dir, lock })
    }

    pub(crate) fn remove(self) {
        fs::remove_dir_all(&self.dir).ok();
        drop(self.lock);
    }

    /// Leaves the logs for a person to read; the next run sweeps them away.
    fn keep_logs(self) {
        for name in ["postgres", "redis", "objects"] {
            fs::remove_dir_all(self.dir.join(name)).ok();
        }
    }
}
