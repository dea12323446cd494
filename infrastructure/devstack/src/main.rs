//! Starts the local stack: see the subcommands.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use balloond_devstack::exec::{self, Exec};
use balloond_devstack::workspace::Workspace;
use balloond_devstack::{dev, objects, replica, tether};
use clap::{Parser, Subcommand};
use rustix::process::Signal;

/// PostgreSQL, Redis, an S3 service and Balloon'd itself, on this machine.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything, rebuild on change, and end it all with Ctrl-C
    Dev {
        /// End also when the calling process is killed
        #[arg(long)]
        with_parent: bool,
    },
    /// Run a command amid a throw-away stack, and exit with its code
    Exec {
        /// Start this many api processes and a web process too
        #[arg(long, value_name = "N", default_value_t = 0, num_args = 0..=1, default_missing_value = "1")]
        apps: usize,
        /// Write as safely as in production instead of as fast as possible
        #[arg(long)]
        durable: bool,
        /// Start the release build of the apps
        #[arg(long)]
        release: bool,
        /// Use the local data that `dev` works on instead of a throw-away stack; `dev` may run or not
        #[arg(long, conflicts_with_all = ["apps", "durable", "release"])]
        local: bool,
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Delete the local data that `dev` works on; the ports and secrets stay
    Reset,
    /// Follow the primary that DATABASE_URL names as a streaming replica, and print its URL; ended by a signal, or with the calling
    /// process
    Replica,
    /// Serve a folder as an S3 service, with the keys in S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY
    Objects {
        #[arg(long)]
        address: SocketAddr,
        #[arg(long)]
        root: PathBuf,
    },
    /// Become a command that gets a signal when its parent ends
    #[command(hide = true)]
    Tether {
        #[arg(long)]
        signal: i32,
        #[arg(long)]
        parent: i32,
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Children are started from the main thread alone: the kernel's tether hangs on the thread that started them.
fn run(command: Command) -> Result<u8> {
    if let Command::Tether { signal, parent, command } = command {
        match tether::exec(signal, parent, &command)? {}
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime cannot be started")?;
    runtime.block_on(async {
        match command {
            Command::Dev { with_parent } => {
                if with_parent {
                    tether::follow(Signal::TERM)?;
                }
                dev::run(Workspace::find(false)?).await.map(|()| 0)
            }
            Command::Exec { apps, durable, release, local, command } => {
                let workspace = Workspace::find(release)?;
                if local {
                    exec::run_local(&workspace, &command).await
                } else {
                    exec::run(&workspace, Exec { command, apps, durable }).await
                }
            }
            Command::Reset => dev::reset(&Workspace::find(false)?).map(|()| 0),
            Command::Replica => {
                tether::follow(Signal::TERM)?;
                replica::run(&Workspace::find(false)?).await.map(|()| 0)
            }
            Command::Objects { address, root } => objects::serve(address, &root).await.map(|()| 0),
            Command::Tether { .. } => Ok(0),
        }
    })
}
