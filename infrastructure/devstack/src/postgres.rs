//! A private PostgreSQL: made once, started on loopback with a password, ended by a fast shutdown.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};
use tokio::process::Command;
use tokio_postgres::NoTls;

use crate::binaries;
use crate::process::{Launch, Output, Process, until_ready};
use crate::settings::write_private;
use crate::workspace::Workspace;

const READY_WITHIN: Duration = Duration::from_secs(60);
/// Debian's `nobody`, used where neither root nor a user namespace will do.
const NOBODY: u32 = 65534;

/// The name of the role, of the database, and of the bucket.
pub const NAME: &str = "balloond";

/// What to start, and where.
pub struct Postgres<'a> {
    /// The folder that holds the cluster's folder and its log.
    pub dir: &'a Path,
    pub port: u16,
    pub password: &'a str,
    /// Without it a crash loses the data, and everything is faster: for tests.
    pub durable: bool,
}

impl Postgres<'_> {
    pub fn url(&self) -> String {
        format!("postgres://{NAME}:{}@127.0.0.1:{}/{NAME}?sslmode=disable", self.password, self.port)
    }

    /// Makes the cluster if there is none, starts it, and waits until it answers. Tells its major version too.
    pub async fn start(&self, workspace: &Workspace) -> Result<(Process, u32)> {
        let data = self.dir.join("postgres");
        let made_by = fs::read_to_string(data.join("PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
        let bin = binaries::postgres(made_by)?;
        let identity = Identity::find(&data).await?;
        if made_by.is_none() {
            self.initialise(&bin, &identity, &data).await?;
        }

        let log = self.dir.join("postgres.log");
        let mut launch =
            Launch::new("postgres", bin.join("postgres"), Output::File(log.clone())).args(["-D"]).args([&data]);
        launch = launch.args(self.options().into_iter().flat_map(|option| ["-c".to_owned(), option]));
        launch.prefix = identity.prefix();
        launch.stop = if self.durable { Signal::INT } else { Signal::QUIT };
        let mut process = launch.start(workspace)?;

        let maintenance = self.url().replace(&format!("/{NAME}?"), "/postgres?");
        until_ready(&mut process, READY_WITHIN, Some(&log), || answers(&maintenance)).await?;
        create_database(&maintenance).await?;
        Ok((process, binaries::major_version(&bin).unwrap_or_default()))
    }

    /// Makes the cluster as a copy of a running one, which it follows from its start on: a streaming replica. `primary` is the URL by
    /// which it is followed.
    pub async fn copy(&self, primary: &str) -> Result<()> {
        fs::create_dir_all(self.dir).with_context(|| format!("{} cannot be made", self.dir.display()))?;
        let data = self.dir.join("postgres");
        let identity = Identity::find(&data).await?;
        // PostgreSQL takes no folder that others may read.
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&data)
            .with_context(|| format!("{} cannot be made", data.display()))?;
        identity.own(&data)?;
        let mut command = identity.prefix();
        command.push(binaries::postgres_tool("pg_basebackup")?.into());
        let (program, args) = command.split_first().context("no command")?;
        let mut copying = Command::new(program);
        copying.args(args).arg("--pgdata").arg(&data).args(["--dbname", primary]);
        copying.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]);
        let output = copying
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("pg_basebackup cannot be started")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("PostgreSQL's data could not be copied: {}", said.trim().replace('\n', " "));
        }
        Ok(())
    }

    fn options(&self) -> Vec<String> {
        let mut options = vec![
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "shared_buffers=128MB".to_owned(),
            "log_line_prefix=%t ".to_owned(),
        ];
        let rest: &[&str] = if self.durable {
            &["max_connections=100"]
        } else {
            &[
                "max_connections=300",
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "wal_level=minimal",
                "max_wal_senders=0",
            ]
        };
        options.extend(rest.iter().map(|&option| option.to_owned()));
        options
    }

    /// `initdb` into a folder beside, moved into place at the end: an interrupted one leaves nothing half made.
    async fn initialise(&self, bin: &Path, identity: &Identity, data: &Path) -> Result<()> {
        let fresh = self.dir.join("postgres.new");
        let password_file = self.dir.join("postgres.password");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).with_context(|| format!("{} cannot be removed", fresh.display()))?;
        }
        fs::create_dir(&fresh).with_context(|| format!("{} cannot be made", fresh.display()))?;
        write_private(&password_file, self.password)?;
        identity.own(&fresh)?;
        identity.own(&password_file)?;

        let mut command = identity.prefix();
        command.push(bin.join("initdb").into());
        let (program, args) = command.split_first().context("no command")?;
        let mut initdb = Command::new(program);
        initdb.args(args).arg("-D").arg(&fresh).arg("--pwfile").arg(&password_file);
        initdb.args(["--username", NAME, "--auth", "password", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
        if !self.durable {
            initdb.arg("--no-sync");
        }
        let output = initdb.stdin(Stdio::null()).output().await.context("initdb cannot be started")?;
        fs::remove_file(&password_file).ok();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("PostgreSQL's data could not be made: {}", said.trim().replace('\n', " "));
        }
        fs::rename(&fresh, data).with_context(|| format!("{} cannot be made", data.display()))
    }
}

/// PostgreSQL refuses to run as root, so root has to be somebody else.
enum Identity {
    Own,
    /// An ordinary user in a namespace of its own, who is root outside: needs no user and no change of owner.
    Namespace,
    Nobody,
}

impl Identity {
    async fn find(data: &Path) -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        if fs::metadata(data).is_ok_and(|metadata| metadata.uid() == NOBODY) {
            return Ok(Self::Nobody);
        }
        if succeeds(Self::Namespace.prefix()).await {
            return Ok(Self::Namespace);
        }
        let mut can_enter = Self::Nobody.prefix();
        can_enter.extend(["test".into(), "-x".into(), data.parent().unwrap_or(data).into()]);
        if succeeds(can_enter).await {
            return Ok(Self::Nobody);
        }
        bail!(
            "PostgreSQL refuses to run as root, user namespaces are closed here, and `nobody` cannot enter {}: run this as an \
             ordinary user, or set DATABASE_URL",
            data.display()
        );
    }

    fn prefix(&self) -> Vec<OsString> {
        let words: &[&str] = match self {
            Self::Own => &[],
            Self::Namespace => &["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"],
            Self::Nobody => &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"],
        };
        words.iter().map(OsString::from).collect()
    }

    fn own(&self, path: &Path) -> Result<()> {
        if matches!(self, Self::Nobody) {
            chown(path, Some(NOBODY), Some(NOBODY))
                .with_context(|| format!("{} cannot be given to nobody", path.display()))?;
        }
        Ok(())
    }
}

/// What stands before a command that refuses to run as root, as PostgreSQL and PgBouncer do, to run it on this folder.
pub async fn unprivileged(folder: &Path) -> Result<Vec<OsString>> {
    Identity::find(folder).await.map(|identity| identity.prefix())
}

async fn succeeds(mut command: Vec<OsString>) -> bool {
    if command.last().is_some_and(|word| word == "--") {
        command.push("true".into());
    }
    let Some((program, args)) = command.split_first() else { return false };
    let run =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.await.is_ok_and(|status| status.success())
}

/// After a crash a server may still run on our data, or its number may belong to somebody else by now: the first is ended,
/// the second would keep PostgreSQL from starting, so its note goes. Called only under the lock of the data folder.
pub async fn end_orphan(dir: &Path) -> Result<()> {
    let data = &dir.join("postgres");
    let note = data.join("postmaster.pid");
    let Some(pid) = fs::read_to_string(&note)
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse().ok())
        .and_then(Pid::from_raw)
    else {
        return Ok(());
    };
    if !serves(pid, data) {
        fs::remove_file(&note).with_context(|| format!("{} cannot be removed", note.display()))?;
        return Ok(());
    }
    kill_process(pid, Signal::INT).ok();
    let gone = async {
        while test_kill_process(pid).is_ok() && note.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .context("an earlier PostgreSQL still runs on .data/postgres and does not end")
}

/// Whether a process is a PostgreSQL on this data.
fn serves(pid: Pid, data: &Path) -> bool {
    let command = fs::read(PathBuf::from(format!("/proc/{}/cmdline", pid.as_raw_pid()))).unwrap_or_default();
    let data = data.as_os_str().as_encoded_bytes();
    command.split(|byte| *byte == 0).any(|word| word == data)
}

async fn answers(url: &str) -> bool {
    connect(url).await.is_ok()
}

async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn create_database(maintenance: &str) -> Result<()> {
    let client = connect(maintenance).await?;
    if client.query_opt("SELECT FROM pg_database WHERE datname = $1", &[&NAME]).await?.is_none() {
        client.batch_execute(&format!("CREATE DATABASE {NAME}")).await.context("the database cannot be made")?;
    }
    Ok(())
}
