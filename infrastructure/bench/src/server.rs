//! The servers under measurement: child processes, of the same build as this program, and what the kernel says of them.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use tokio::process::{Child, Command};

const API: &str = "balloond-api";
const WEB: &str = "balloond-web";
const BARE: &str = "balloond-bench-bare";

/// Clock ticks a second of `/proc/PID/stat` (`getconf CLK_TCK`; 100 on every Linux).
const TICKS: u64 = 100;
/// A server that is told to end has ended by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct Server {
    child: Child,
    pid: u32,
    pub address: String,
}

impl Server {
    /// CPU time that the process has used: user and system.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The second field is the name in brackets, which may hold anything.
        let (_, rest) = stat.rsplit_once(')').context("an unreadable /proc/PID/stat")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |index: usize| -> Result<u64> { Ok(fields.get(index).context("a short /proc/PID/stat")?.parse()?) };
        Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 1000 / TICKS))
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().nth(1).context("no VmRSS")?.parse()?)
    }

    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Tells it to end, as whoever runs containers does.
    pub fn terminate(&self) -> Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).context("no process")?;
        Ok(kill_process(pid, Signal::TERM)?)
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> Result<()> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.context("the server does not end")??;
        ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }
}

/// The servers and how they were started.
pub struct Servers {
    pub api: Server,
    pub web: Server,
    settings: Vec<(String, String)>,
}

impl Servers {
    /// Migrates the database that the environment names and starts both servers.
    pub async fn prepare() -> Result<Self> {
        let (api, web) = (free_port()?, free_port()?);
        let settings = vec![
            ("WEB_ADDR".to_owned(), web.clone()),
            ("PUBLIC_API_URL".to_owned(), format!("http://localhost:{}", port(&api))),
            ("PUBLIC_WEB_URL".to_owned(), format!("http://localhost:{}", port(&web))),
            ("TRUSTED_PROXIES".to_owned(), "1".to_owned()),
            ("SITE_ROOT".to_owned(), "site".to_owned()),
            ("RUST_LOG".to_owned(), "warn".to_owned()),
        ];
        let mut migrate = command(API)?;
        let migrated = migrate.arg("migrate").envs(settings.clone()).stdout(Stdio::null()).status().await?;
        ensure!(migrated.success(), "the migrations failed");
        Ok(Self { api: start_api(&api, &settings).await?, web: start_web(&web, &settings).await?, settings })
    }

    /// Starts the web server anew.
    pub async fn restart_web(&mut self) -> Result<()> {
        stop(&mut self.web).await;
        self.web = start_web(&self.web.address, &self.settings).await?;
        Ok(())
    }

    /// Starts the api anew: measurements of memory begin with a fresh process.
    pub async fn restart_api(&mut self) -> Result<()> {
        stop(&mut self.api).await;
        self.api = start_api(&self.api.address, &self.settings).await?;
        Ok(())
    }

    /// One more api process, that ends when it is dropped.
    pub async fn start_another_api(&self) -> Result<Server> {
        start_api(&free_port()?, &self.settings).await
    }

    /// One more web process, that ends when it is dropped.
    pub async fn start_another_web(&self) -> Result<Server> {
        let address = free_port()?;
        let mut settings = self.settings.clone();
        settings.push(("WEB_ADDR".to_owned(), address.clone()));
        start_web(&address, &settings).await
    }

    /// Web and api at another address and with other settings, that end when they are dropped.
    pub async fn start_elsewhere(&self, at: Ipv4Addr, changed: &[(String, String)]) -> Result<(Server, Server)> {
        let (web, api) = (free_port_at(at)?, free_port_at(at)?);
        let mut settings = self.settings.clone();
        settings.extend_from_slice(changed);
        settings.push(("WEB_ADDR".to_owned(), web.clone()));
        Ok((start_web(&web, &settings).await?, start_api(&api, &settings).await?))
    }

    /// A worker with other settings, that ends when it is dropped.
    pub async fn start_worker(&self, changed: &[(String, String)]) -> Result<Server> {
        let address = free_port()?;
        let mut worker = command(API)?;
        worker.arg("worker").envs(self.settings.iter().chain(changed).cloned()).env("METRICS_ADDR", &address);
        start(worker, &address).await
    }

    /// The bare program, that ends when it is dropped.
    pub async fn start_bare(&self) -> Result<Server> {
        let address = free_port()?;
        let mut bare = command(BARE)?;
        bare.arg(&address);
        start(bare, &address).await
    }

    pub async fn stop(mut self) {
        stop(&mut self.web).await;
        stop(&mut self.api).await;
    }
}

/// A socket is a file, here and in what is started from here. Answers how many a process may open.
pub fn raise_file_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    // Where it cannot be raised it stays; what needs more says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    getrlimit(Resource::Nofile).current
}

/// A program that was built with this one.
fn command(program: &str) -> Result<Command> {
    Ok(Command::new(std::env::current_exe()?.with_file_name(program)))
}

async fn start_api(address: &str, settings: &[(String, String)]) -> Result<Server> {
    let mut api = command(API)?;
    api.envs(settings.iter().cloned()).env("API_ADDR", address);
    start(api, address).await
}

async fn start_web(address: &str, settings: &[(String, String)]) -> Result<Server> {
    let mut web = command(WEB)?;
    web.envs(settings.iter().cloned());
    start(web, address).await
}

async fn start(mut command: Command, address: &str) -> Result<Server> {
    let child = command.kill_on_drop(true).spawn()?;
    let pid = child.id().context("the server ended at once")?;
    let server = Server { child, pid, address: address.to_owned() };
    let deadline = Instant::now() + Duration::from_secs(10);
    while tokio::net::TcpStream::connect(address).await.is_err() {
        ensure!(Instant::now() < deadline, "nobody listens on {address}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(server)
}

async fn stop(server: &mut Server) {
    // What ends it is of no interest here.
    let _ = server.child.kill().await;
}

fn free_port() -> Result<String> {
    free_port_at(Ipv4Addr::LOCALHOST)
}

fn free_port_at(address: Ipv4Addr) -> Result<String> {
    Ok(TcpListener::bind((address, 0))?.local_addr()?.to_string())
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(_, port)| port)
}
