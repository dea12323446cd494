//! The application, serving on a port and a database of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use balloond_api::{Application, StopHandle};
use balloond_domain::Config;
use balloond_shared::ChatId;
use balloond_testing::{PATIENCE, TestPerson, World, database, eventually};
use tokio::runtime;

use crate::client::{Client, User};

/// The web's origin.
pub const WEB: &str = "http://localhost:3000";

/// An application, and the world it serves.
pub struct TestApp {
    pub world: World,
    pub address: SocketAddr,
    settings: Vec<(&'static str, String)>,
    http: reqwest::Client,
    stop: StopHandle,
    thread: Option<JoinHandle<Result<()>>>,
}

impl TestApp {
    /// On an empty database.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// With some settings replaced.
    pub async fn start_with(replaced: &[(&'static str, &str)]) -> Result<Self> {
        let mut settings = vec![("DATABASE_URL", database::create().await?)];
        settings.extend(replaced.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let app = Self::run(settings)?;
        app.until_it_hears().await?;
        Ok(app)
    }

    /// Without waiting for anything that it stands on.
    pub fn start_amid_ruins(replaced: &[(&'static str, &str)]) -> Result<Self> {
        Self::run(replaced.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    /// A second process, as far as anybody can tell, on the same services.
    pub async fn another(&self) -> Result<Self> {
        let app = Self::run(self.settings.clone())?;
        app.until_it_hears().await?;
        Ok(app)
    }

    fn run(settings: Vec<(&'static str, String)>) -> Result<Self> {
        let given = settings.iter().map(|(name, value)| (*name, value.as_str()));
        let own = [
            ("API_ADDR", "127.0.0.1:0"),
            ("PUBLIC_WEB_URL", WEB),
            ("PUBLIC_API_URL", "http://localhost:8080"),
            ("TRUSTED_PROXIES", "1"),
        ];
        let world = World::with(&given.chain(own).collect::<Vec<_>>())?;
        let (address, stop, thread) = serve(world.config.clone())?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { world, address, settings, http, stop, thread: Some(thread) })
    }

    /// Waits until it hears what happens elsewhere.
    pub async fn until_it_hears(&self) -> Result<()> {
        let client = self.anonymous();
        eventually("the feed", async || {
            let parts: serde_json::Value = client.fetch("/readyz").await?.json()?;
            Ok(parts["feed"] == true)
        })
        .await
    }

    /// A client at an address of its own.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.address, self.world.services.clone())
    }

    /// Registers somebody, who is signed in as an API client.
    pub async fn person(&self, name: &str) -> Result<User> {
        Ok(self.user(self.world.person(name).await?))
    }

    /// Somebody who was registered elsewhere.
    pub fn user(&self, person: TestPerson) -> User {
        User::new(self.anonymous(), person)
    }

    /// Ada and Ben, who know nothing of each other.
    pub async fn two(&self) -> Result<(User, User)> {
        Ok((self.person("Ada").await?, self.person("Ben").await?))
    }

    /// Ada and Ben with a chat, in which Ada's `Hello` is the first message.
    pub async fn chat(&self) -> Result<(User, User, ChatId)> {
        let (ada, ben, chat) = self.world.chat().await?;
        Ok((self.user(ada), self.user(ben), chat))
    }

    /// Begins the end, as a signal does.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Waits until the process would have ended.
    pub async fn stopped(mut self, within: Duration) -> Result<()> {
        let thread = self.thread.take().context("it was waited for already")?;
        let joined = tokio::task::spawn_blocking(move || thread.join());
        let ended = tokio::time::timeout(within, joined).await.context("it did not end in time")??;
        ended.map_err(|_| anyhow!("it panicked"))?
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Serves on a thread with a runtime of its own, as a process would; the test may block without holding it up.
fn serve(config: Config) -> Result<(SocketAddr, StopHandle, JoinHandle<Result<()>>)> {
    let (tell, told) = mpsc::channel();
    let thread = thread::spawn(move || {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(async {
            let application = Application::build(&config)?;
            tell.send((application.address(), application.stop_handle()))?;
            Ok(application.run_until_stopped().await?)
        })
    });
    match told.recv() {
        Ok((address, stop)) => Ok((address, stop, thread)),
        Err(_) => Err(thread.join().map_err(|_| anyhow!("it panicked"))?.err().context("it ended at its start")?),
    }
}
