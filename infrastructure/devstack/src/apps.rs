//! The two apps: how they are started, and how it is known that they answer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{Launch, Output, Process, until_ready};
use crate::report::{BLUE, CYAN, Colour, MAGENTA};
use crate::services::Environment;
use crate::workspace::Workspace;

/// The apps drain for up to 8 s; past that they hang.
pub const GRACE: Duration = Duration::from_secs(10);
const READY_WITHIN: Duration = Duration::from_secs(30);

/// An app that serves HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    Api,
    Web,
}

impl App {
    pub fn binary(self) -> &'static str {
        match self {
            Self::Api => "balloond-api",
            Self::Web => "balloond-web",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Web => "web",
        }
    }

    pub fn colour(self) -> Colour {
        match self {
            Self::Api => MAGENTA,
            Self::Web => BLUE,
        }
    }

    /// The variable that holds the address it listens on.
    fn address_variable(self) -> &'static str {
        match self {
            Self::Api => "API_ADDR",
            Self::Web => "WEB_ADDR",
        }
    }

    /// A path that answers 200 once it can serve.
    fn ready_path(self) -> &'static str {
        match self {
            Self::Api => "/readyz",
            Self::Web => "/",
        }
    }

    /// Starts it on `address` and waits until it answers. With `log` its output goes to that file.
    pub async fn start(
        self,
        workspace: &Workspace,
        env: &Environment,
        address: SocketAddr,
        log: Option<PathBuf>,
    ) -> Result<Process> {
        let program = built(workspace, self)?;
        let output = log.clone().map_or(Output::Prefixed(self.colour()), Output::File);
        let mut launch = Launch::new(self.name(), program, output).args(["serve"]).env(env);
        launch.env.insert(self.address_variable().into(), address.to_string());
        let mut process = launch.start(workspace)?;
        until_ready(&mut process, READY_WITHIN, log.as_deref(), || answers(address, self.ready_path())).await?;
        Ok(process)
    }
}

/// Whether a GET is answered with a success.
async fn answers(address: SocketAddr, path: &str) -> bool {
    let address = SocketAddr::new(
        if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() },
        address.port(),
    );
    let get = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", address.port());
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut start = [0; 13];
        stream.read_exact(&mut start).await.ok()?;
        Some(start.starts_with(b"HTTP/1.1 2") || start.starts_with(b"HTTP/1.1 3"))
    };
    get.await == Some(true)
}

/// Runs a subcommand of `balloond-api`, such as `migrate`, to its end, and returns what it said.
pub async fn api_command(workspace: &Workspace, env: &Environment, dir: &Path, command: &str) -> Result<String> {
    let log = dir.join(format!("{command}.log"));
    let program = built(workspace, App::Api)?;
    let launch = Launch::new(command, program, Output::File(log.clone())).args([command]).env(env);
    let status = launch.start(workspace)?.wait().await?;
    let said = std::fs::read_to_string(&log).unwrap_or_default().trim().to_owned();
    if !status.success() {
        bail!("`balloond-api {command}` failed: {said}");
    }
    Ok(said)
}

/// Starts the background jobs. They have no address to ask, and wait by themselves for what they need.
pub fn start_worker(workspace: &Workspace, env: &Environment, log: Option<PathBuf>) -> Result<Process> {
    let output = log.map_or(Output::Prefixed(CYAN), Output::File);
    Launch::new("worker", built(workspace, App::Api)?, output).args(["worker"]).env(env).start(workspace)
}

fn built(workspace: &Workspace, app: App) -> Result<PathBuf> {
    let program = workspace.binary(app.binary());
    if !program.is_file() {
        bail!("{} has not been built: `cargo build --workspace --bins`", app.binary());
    }
    Ok(program)
}
