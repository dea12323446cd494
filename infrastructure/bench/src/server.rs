//! The two servers under measurement: release builds as child processes, and what the kernel says of them.

use std::{
    fs,
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tokio::process::{Child, Command};

const API: &str = "target/release/balloond-api";
const WEB: &str = "target/release/balloond-web";

/// Clock ticks a second of `/proc/PID/stat` (`getconf CLK_TCK`; 100 on every Linux).
const TICKS: u64 = 100;

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
}

/// Both servers and how they were started.
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
            ("API_ADDR".to_owned(), api.clone()),
            ("WEB_ADDR".to_owned(), web.clone()),
            ("PUBLIC_API_URL".to_owned(), format!("http://localhost:{}", port(&api))),
            ("PUBLIC_WEB_URL".to_owned(), format!("http://localhost:{}", port(&web))),
            ("TRUSTED_PROXIES".to_owned(), "1".to_owned()),
            ("SITE_ROOT".to_owned(), "site".to_owned()),
            ("RUST_LOG".to_owned(), "warn".to_owned()),
        ];
        let migrated = Command::new(API).arg("migrate").envs(settings.clone()).stdout(Stdio::null()).status().await?;
        ensure!(migrated.success(), "the migrations failed");
        Ok(Self { api: start(API, &api, &settings).await?, web: start(WEB, &web, &settings).await?, settings })
    }

    /// Starts the web server anew.
    pub async fn restart_web(&mut self) -> Result<()> {
        let address = self.web.address.clone();
        stop(&mut self.web).await;
        self.web = start(WEB, &address, &self.settings).await?;
        Ok(())
    }

    /// Starts the api anew: measurements of memory begin with a fresh process.
    pub async fn restart_api(&mut self) -> Result<()> {
        let address = self.api.address.clone();
        stop(&mut self.api).await;
        self.api = start(API, &address, &self.settings).await?;
        Ok(())
    }

    pub async fn stop(mut self) {
        stop(&mut self.web).await;
        stop(&mut self.api).await;
    }
}

async fn start(program: &str, address: &str, settings: &[(String, String)]) -> Result<Server> {
    let child = Command::new(program).envs(settings.iter().cloned()).kill_on_drop(true).spawn()?;
    let pid = child.id().context("the server ended at once")?;
    let server = Server { child, pid, address: address.to_owned() };
    let deadline = Instant::now() + Duration::from_secs(10);
    while tokio::net::TcpStream::connect(address).await.is_err() {
        ensure!(Instant::now() < deadline, "{program} does not listen on {address}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(server)
}

async fn stop(server: &mut Server) {
    // What ends it is of no interest here.
    let _ = server.child.kill().await;
}

fn free_port() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(_, port)| port)
}
