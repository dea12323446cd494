//! The built programs themselves, as processes that can be asked, told and killed.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result, ensure};

/// A running program; ends with its owner.
pub struct Program {
    child: Child,
}

impl Program {
    /// Starts `balloond-api`, `balloond-web` or another of the workspace's programs in the environment of the test, with some
    /// settings replaced. `just test` has built it.
    pub fn start(name: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self> {
        Self::run(command(name, arguments, settings)?.stderr(Stdio::null()))
    }

    /// Starts a command whose standard error goes where it says.
    pub fn run(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Ok(Self { child: child.with_context(|| format!("{command:?} cannot be started"))? })
    }

    /// Ends it at once, as a lost machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        ensure!(Command::new("kill").arg(self.child.id().to_string()).status()?.success(), "it cannot be asked");
        Ok(self.child.wait()?)
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nobody is left to hear of it.
        let _ = self.kill();
    }
}

/// A command that runs one of the workspace's programs.
pub fn command(name: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Command> {
    let mut command = Command::new(path(name)?);
    command.args(arguments).envs(settings.iter().copied());
    Ok(command)
}

/// Where the program was built: beside the folder of the tests.
pub fn path(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(|deps| deps.parent()).context("the test has no folder")?;
    let path = folder.join(name);
    ensure!(path.is_file(), "{} has not been built: `cargo build --workspace --bins`", path.display());
    Ok(path)
}

/// An address of this machine where nobody listens.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
