//! A private S3 service over a folder. Whoever writes signs; reading an object is open to all, as behind a CDN.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::net::{TcpListener, TcpStream};

use crate::postgres::NAME;
use crate::process::{Launch, Output, Process, until_ready};
use crate::signals::Signals;
use crate::workspace::Workspace;

const READY_WITHIN: Duration = Duration::from_secs(10);
/// Requests under way get this long when it ends.
const GRACE: Duration = Duration::from_secs(2);

/// What to start, and where.
pub struct Objects<'a> {
    pub dir: &'a Path,
    pub port: u16,
    pub access_key: &'a str,
    pub secret_key: &'a str,
}

impl Objects<'_> {
    /// Starts it as a process of its own, and waits until it listens. The bucket is made: it is a folder.
    pub async fn start(&self, workspace: &Workspace) -> Result<Process> {
        let root = self.dir.join("objects");
        std::fs::create_dir_all(root.join(NAME)).with_context(|| format!("{} cannot be made", root.display()))?;
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let log = self.dir.join("objects.log");
        let mut launch = Launch::new("objects", &workspace.program, Output::File(log.clone()))
            .args(["objects", "--address", &address.to_string(), "--root"])
            .args([&root]);
        // Not as arguments, which every user of the machine can see.
        launch.env.insert("S3_ACCESS_KEY_ID".into(), self.access_key.into());
        launch.env.insert("S3_SECRET_ACCESS_KEY".into(), self.secret_key.into());
        let mut process = launch.start(workspace)?;
        until_ready(&mut process, READY_WITHIN, Some(&log), || async { TcpStream::connect(address).await.is_ok() })
            .await?;
        Ok(process)
    }
}

/// Serves until a signal says to end.
pub async fn serve(address: SocketAddr, root: &Path) -> Result<()> {
    let key = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let service = service(root, key("S3_ACCESS_KEY_ID")?, key("S3_SECRET_ACCESS_KEY")?)?;
    let mut signals = Signals::listen()?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))?;
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve_connection(stream, service.clone(), &graceful),
                Err(error) => eprintln!("a connection was lost: {error}"),
            },
            _ = signals.next() => break,
        }
    }
    // What is still open after that is cut: S3 clients repeat.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

fn service(root: &Path, access_key: String, secret_key: String) -> Result<S3Service> {
    let files = FileSystem::new(root).map_err(|error| anyhow!("{} cannot be served: {error:?}", root.display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(access_key, secret_key));
    builder.set_access(PublicReads);
    Ok(builder.build())
}

fn serve_connection(stream: TcpStream, service: S3Service, graceful: &GracefulShutdown) {
    let _ = stream.set_nodelay(true);
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        let _ = connection.await;
    });
}

/// Photos of profiles may be read by anybody who knows their name; everything else, lists included, needs a signature.
struct PublicReads;

/// What the keys of profiles' photos begin with.
const PUBLIC: &str = "users/";

#[async_trait::async_trait]
impl S3Access for PublicReads {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let is_public = context.s3_path().get_object_key().is_some_and(|key| key.starts_with(PUBLIC));
        let open = is_public && matches!(context.s3_op().name(), "GetObject" | "HeadObject");
        if open || context.credentials().is_some() {
            return Ok(());
        }
        Err(s3_error!(AccessDenied, "Signature is required"))
    }
}
