//! `dev`: the whole product on this machine, rebuilt as its sources change, until Ctrl-C.

use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::apps::{self, App, api_command};
use crate::ports;
use crate::process::{Launch, Output, Process, end};
use crate::report::{self, CYAN, GREEN, YELLOW};
use crate::services::{Environment, Given, Services};
use crate::settings::{Settings, try_lock};
use crate::signals::Signals;
use crate::watch::{Change, Watch};
use crate::workspace::Workspace;

/// Runs until a signal or a failure, and ends everything in order.
pub async fn run(workspace: Workspace) -> Result<()> {
    let mut signals = Signals::listen()?;
    let _lock = only_one(&workspace.data()).await?;
    let mut stack = Stack::new(workspace)?;
    let outcome = tokio::select! {
        outcome = stack.live() => outcome,
        _ = signals.next() => {
            report::line("");
            report::from("stack", GREEN, "ending…");
            Ok(())
        }
    };
    let since = Instant::now();
    tokio::select! {
        () = stack.stop() => if outcome.is_ok() { report::done("stack", "everything has ended", since) },
        _ = signals.next() => stack.kill(),
    }
    outcome
}

/// The lock of the local data; `None` while `dev` runs on it.
pub fn lock(data: &Path) -> Result<Option<File>> {
    fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let Some(mut file) = try_lock(&data.join("dev.lock"))? else { return Ok(None) };
    file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).context("the lock cannot be written")?;
    Ok(Some(file))
}

/// One stack a checkout: two would fight over its data. One that was just killed may need a moment to be gone.
async fn only_one(data: &Path) -> Result<File> {
    let deadline = Instant::now() + Duration::from_millis(500);
    loop {
        if let Some(lock) = lock(data)? {
            return Ok(lock);
        }
        if Instant::now() >= deadline {
            let pid = fs::read_to_string(data.join("dev.lock")).unwrap_or_default();
            bail!("`just dev` already runs in this checkout (process {pid})");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Deletes the local data. What the environment gives is not ours to delete.
pub fn reset(workspace: &Workspace) -> Result<()> {
    let data = workspace.data();
    let _lock = lock(&data)?.context("`just dev` runs on this data: end it first")?;
    let Given { database, redis, objects } = Given::by_environment();
    for (name, given) in [("postgres", database), ("redis", redis), ("objects", objects), ("mail", false)] {
        let folder = data.join(name);
        if !given && folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
    }
    Ok(())
}

struct Stack {
    workspace: Workspace,
    api_address: SocketAddr,
    web_address: SocketAddr,
    env: Environment,
    services: Services,
    api: Option<Process>,
    worker: Option<Process>,
    web: Option<Process>,
}

/// What a build may change, so that it has to be started again. Web looks at its site folder by itself.
#[derive(PartialEq, Eq)]
struct Built {
    api: Option<SystemTime>,
    web: Option<SystemTime>,
}

impl Stack {
    fn new(workspace: Workspace) -> Result<Self> {
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let api_address = ports::address("API_ADDR", local(8080))?;
        let web_address = ports::address("WEB_ADDR", local(3000))?;
        if api_address.port() == web_address.port() {
            bail!("API_ADDR and WEB_ADDR have the same port, {}", api_address.port());
        }
        let (services, env) = (Services::default(), Environment::new());
        Ok(Self { workspace, api_address, web_address, env, services, api: None, worker: None, web: None })
    }

    async fn live(&mut self) -> Result<()> {
        let since = Instant::now();
        self.start_services().await?;
        let workspace = self.workspace.clone();
        let (served, bundled) = tokio::join!(self.serve_api(), build_browser(&workspace));
        let invitation = served?;
        if bundled.is_err() {
            report::from(
                "build",
                YELLOW,
                "the browser's side could not be built: pages work, but nothing in them is alive",
            );
        }
        self.start_web().await?;
        self.welcome(since, &invitation);
        self.follow_changes().await
    }

    /// Everything that the browser's side need not be built for. Tells how to sign in.
    async fn serve_api(&mut self) -> Result<String> {
        self.migrate().await?;
        let invitation = api_command(&self.workspace, &self.env, &self.workspace.data(), "seed-demo").await?;
        self.start_api().await?;
        Ok(invitation)
    }

    async fn start_services(&mut self) -> Result<()> {
        let data = self.workspace.data();
        let mut settings = Settings::load(data.join("dev.env"))?;
        let services = &mut self.services;
        self.env = services.start(&self.workspace, &data, &mut settings, &Given::by_environment(), true).await?;
        let site = self.workspace.site().display().to_string();
        for (name, value) in [
            ("PUBLIC_API_URL", url(self.api_address)),
            ("PUBLIC_WEB_URL", url(self.web_address)),
            ("LOG_FORMAT", "pretty".to_owned()),
            ("SITE_ROOT", site),
        ] {
            self.env.insert(name.to_owned(), std::env::var(name).unwrap_or(value));
        }
        Ok(())
    }

    async fn migrate(&self) -> Result<()> {
        let since = Instant::now();
        let said = api_command(&self.workspace, &self.env, &self.workspace.data(), "migrate").await?;
        report::done("stack", said.lines().last().unwrap_or("migrated"), since);
        Ok(())
    }

    async fn start_api(&mut self) -> Result<()> {
        self.worker = Some(apps::start_worker(&self.workspace, &self.env, None)?);
        self.api = Some(App::Api.start(&self.workspace, &self.env, self.api_address, None).await?);
        Ok(())
    }

    async fn start_web(&mut self) -> Result<()> {
        self.web = Some(App::Web.start(&self.workspace, &self.env, self.web_address, None).await?);
        Ok(())
    }

    fn welcome(&self, since: Instant, invitation: &str) {
        let (web, api) = (url(self.web_address), url(self.api_address));
        report::line("");
        for (label, text) in [
            ("Balloon'd", format!("{web}   (running after {})", report::seconds(since))),
            ("API", format!("{api}/api/v1")),
            ("API docs", format!("{api}/api/docs")),
            ("demo", invitation.lines().last().unwrap_or_default().to_owned()),
            ("mail", mail_route()),
            ("end", "Ctrl-C".to_owned()),
        ] {
            report::line(&format!("{}  {text}", report::paint(&format!("{label:>10}"), GREEN)));
        }
        report::line("");
    }

    async fn follow_changes(&mut self) -> Result<()> {
        let mut watch = Watch::start(&self.workspace)?;
        loop {
            tokio::select! {
                change = watch.next() => self.rebuild(&change).await,
                name = self.services.any_end() => bail!("{name} ended by itself, see .data/{name}.log"),
                _ = end(&mut self.api) => lost(&mut self.api),
                _ = end(&mut self.worker) => lost(&mut self.worker),
                _ = end(&mut self.web) => lost(&mut self.web),
            }
        }
    }

    /// Builds what a change touches, and starts again what came out different.
    async fn rebuild(&mut self, change: &Change) {
        let since = Instant::now();
        report::from("build", CYAN, &format!("{} changed", change.file.display()));
        let before = self.built();
        let (servers, browser) =
            tokio::join!(async { if change.servers { build_servers(&self.workspace).await } else { Ok(()) } }, async {
                if change.browser { build_browser(&self.workspace).await } else { Ok(()) }
            },);
        if servers.is_err() || browser.is_err() {
            report::from("build", YELLOW, "failed: what runs stays as it was");
            return;
        }
        if let Err(error) = self.restart(&before, change).await {
            report::from("build", YELLOW, &format!("{error:#}"));
            return;
        }
        report::done("build", "up to date", since);
    }

    async fn restart(&mut self, before: &Built, change: &Change) -> Result<()> {
        let now = self.built();
        if change.migrations {
            self.migrate().await?;
        }
        if self.api.is_none() || self.worker.is_none() || now.api != before.api {
            tokio::join!(stop(&mut self.api), stop(&mut self.worker));
            self.start_api().await?;
        }
        if self.web.is_none() || now.web != before.web {
            stop(&mut self.web).await;
            self.start_web().await?;
        }
        Ok(())
    }

    fn built(&self) -> Built {
        let made = |app: App| fs::metadata(self.workspace.binary(app.binary())).and_then(|file| file.modified()).ok();
        Built { api: made(App::Api), web: made(App::Web) }
    }

    /// Ends the apps side by side, then what they depend on.
    async fn stop(&mut self) {
        tokio::join!(stop(&mut self.web), stop(&mut self.api), stop(&mut self.worker));
        self.services.stop().await;
    }

    fn kill(&self) {
        for process in [&self.web, &self.api, &self.worker].into_iter().flatten() {
            process.signal(Signal::KILL);
        }
        self.services.kill();
    }
}

/// An app that fell over comes back with the next change.
fn lost(process: &mut Option<Process>) {
    let Some(mut process) = process.take() else { return };
    let status = process.ended().map(|status| status.to_string()).unwrap_or_default();
    report::from(&process.name, YELLOW, &format!("ended by itself ({status}): the next change starts it again"));
}

async fn stop(process: &mut Option<Process>) {
    if let Some(mut process) = process.take() {
        process.stop(apps::GRACE).await;
    }
}

/// The same command everywhere: other selections of packages would build the dependencies again, with other features.
async fn build_servers(workspace: &Workspace) -> Result<()> {
    let command = Launch::new("build", "cargo", Output::Inherited).args(["build", "--quiet", "--workspace", "--bins"]);
    command.run(workspace).await
}

async fn build_browser(workspace: &Workspace) -> Result<()> {
    Launch::new("bundle", workspace.binary("balloond-bundle"), Output::Inherited).run(workspace).await
}

/// Where the codes are that are mailed to whoever registers.
fn mail_route() -> String {
    match std::env::var("MAIL_URL") {
        Ok(url) if !url.is_empty() => "goes to the server that MAIL_URL names".to_owned(),
        _ => "goes into .data/mail; `just mail` shows the newest".to_owned(),
    }
}

/// How a browser on this machine reaches an address.
fn url(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}
