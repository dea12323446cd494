//! Child processes: each in its own process group (so that Ctrl-C reaches the supervisor alone, which ends them in order),
//! tethered to the supervisor, and stopped with patience.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::report::{self, Colour};
use crate::workspace::Workspace;

/// Where a child's output goes.
pub enum Output {
    /// To our terminal, each line behind the child's name.
    Prefixed(Colour),
    /// To a file that is started anew.
    File(PathBuf),
    /// To our terminal as it is: compilers show their progress that way.
    Inherited,
}

/// A program to be started.
pub struct Launch<'a> {
    pub name: &'a str,
    pub program: PathBuf,
    pub args: Vec<OsString>,
    /// Variables beside our own; an empty value takes one away.
    pub env: BTreeMap<String, String>,
    pub output: Output,
    /// The signal that asks it to end.
    pub stop: Signal,
    /// A command that becomes another one, such as `unshare`: it runs before the tether, which it could cut.
    pub prefix: Vec<OsString>,
}

impl<'a> Launch<'a> {
    pub fn new(name: &'a str, program: impl Into<PathBuf>, output: Output) -> Self {
        Self {
            name,
            program: program.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            output,
            stop: Signal::TERM,
            prefix: Vec::new(),
        }
    }

    pub fn args<S: Into<OsString>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub fn env(mut self, env: &BTreeMap<String, String>) -> Self {
        self.env.extend(env.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    pub fn start(self, workspace: &Workspace) -> Result<Process> {
        let tether: [&OsStr; 6] = [
            workspace.program.as_os_str(),
            "tether".as_ref(),
            "--signal".as_ref(),
            &OsString::from(self.stop.as_raw().to_string()),
            "--parent".as_ref(),
            &OsString::from(std::process::id().to_string()),
        ];
        let mut words = self.prefix.iter().map(OsString::as_os_str).chain(tether);
        let mut command = Command::new(words.next().context("nothing to run")?);
        command
            .args(words)
            .arg("--")
            .arg(&self.program)
            .args(&self.args)
            .current_dir(&workspace.root)
            .stdin(Stdio::null())
            .process_group(0);
        for (name, value) in &self.env {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        if !report::colours() {
            command.env("NO_COLOR", "1");
        }
        self.output.connect(&mut command)?;
        let mut child = command.spawn().with_context(|| format!("{} cannot be started", self.name))?;
        if let Output::Prefixed(colour) = self.output {
            forward(self.name, colour, child.stdout.take());
            forward(self.name, colour, child.stderr.take());
        }
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).context("the child has no id")?;
        Ok(Process { name: self.name.to_owned(), child, pid, stop: self.stop, ended: None })
    }

    /// Runs it to its end, which must be a success.
    pub async fn run(self, workspace: &Workspace) -> Result<()> {
        let name = self.name.to_owned();
        let status = self.start(workspace)?.wait().await?;
        if !status.success() {
            bail!("{name} ended with {status}");
        }
        Ok(())
    }
}

impl Output {
    fn connect(&self, command: &mut Command) -> Result<()> {
        match self {
            Self::Inherited => {}
            Self::Prefixed(_) => {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
            }
            Self::File(path) => {
                let file =
                    std::fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
                command.stdout(file.try_clone()?).stderr(file);
            }
        }
        Ok(())
    }
}

/// Prints a child's lines behind its name, until it closes its end.
fn forward(name: &str, colour: Colour, stream: Option<impl AsyncRead + Unpin + Send + 'static>) {
    let Some(stream) = stream else { return };
    let name = name.to_owned();
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            report::from(&name, colour, String::from_utf8_lossy(&line).trim_end());
        }
    });
}

/// A running child. Dropped without [`Process::stop`], it is asked to end but not waited for.
pub struct Process {
    pub name: String,
    child: Child,
    pid: Pid,
    stop: Signal,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Waits for its end.
    pub async fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().await.with_context(|| format!("{} cannot be waited for", self.name))?;
        self.ended = Some(status);
        Ok(status)
    }

    /// Its exit status if it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Passes a signal on to it and everything that it started.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.pid, signal);
    }

    /// Asks it to end, kills it after `grace`, and sweeps up what it may have left behind in its group.
    pub async fn stop(&mut self, grace: Duration) {
        if self.ended().is_none() {
            let _ = kill_process(self.pid, self.stop);
            if tokio::time::timeout(grace, self.wait()).await.is_err() {
                report::from(&self.name, report::YELLOW, &format!("did not end within {} s: killed", grace.as_secs()));
                self.signal(Signal::KILL);
                let _ = self.wait().await;
            }
        }
        self.signal(Signal::KILL);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.signal(self.stop);
        }
    }
}

/// Waits for the end of a process, if there is one, and tells its name; for ever if there is none.
pub async fn end(process: &mut Option<Process>) -> &str {
    match process {
        Some(process) => {
            let _ = process.wait().await;
            &process.name
        }
        None => std::future::pending().await,
    }
}

/// A stranger on the port may accept and never answer.
const PROBE_WITHIN: Duration = Duration::from_secs(2);

/// Asks `probe` again and again until it says yes, the process ends, or the time is over; what went wrong is told with the
/// last line of the process' log.
pub async fn until_ready<F, Fut>(
    process: &mut Process,
    within: Duration,
    log: Option<&Path>,
    mut probe: F,
) -> Result<()>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = tokio::time::Instant::now() + within;
    loop {
        if tokio::time::timeout(PROBE_WITHIN, probe()).await == Ok(true) {
            return Ok(());
        }
        if let Some(status) = process.ended() {
            bail!("{} ended at its start ({status}){}", process.name, last_line(log));
        }
        if tokio::time::Instant::now() >= deadline {
            bail!("{} did not answer within {} s{}", process.name, within.as_secs(), last_line(log));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The most telling line of a log: the last error, or else the last line.
fn last_line(log: Option<&Path>) -> String {
    let text = log.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let mut lines = text.lines().rev().filter(|line| !line.trim().is_empty());
    let telling = text.lines().rev().find(|line| line.contains("FATAL") || line.contains("rror:"));
    telling.or_else(|| lines.next()).map(|line| format!(": {}", line.trim())).unwrap_or_default()
}
