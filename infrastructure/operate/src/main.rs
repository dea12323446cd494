//! `balloond-operate`: what operators do to a running Balloon'd from outside.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Result;
use balloond_operate::{
    backup,
    deploy::{self, Deploy},
};
use clap::{Parser, Subcommand};

/// Deploys Balloon'd, backs it up and restores it. Configured by the environment, as the servers are.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Copy the database and the bucket into a folder, encrypted with BACKUP_KEY; what is there already is not copied again
    Backup {
        folder: PathBuf,
        /// Delete all but the newest of this many backups, and the objects that only those had
        #[arg(long)]
        keep: Option<usize>,
    },
    /// Bring a backup into an empty database and an empty bucket, and compare
    Restore {
        folder: PathBuf,
        /// Which one, as `backups` names it; the newest by default
        #[arg(long)]
        backup: Option<String>,
    },
    /// Roll a release out on this machine, unit by unit, and go back when one does not serve
    Deploy {
        /// The folder with `env`, `units`, `releases` and `current`
        #[arg(long, default_value = "/srv/balloond")]
        root: PathBuf,
        /// Restarts the unit that is its last argument
        #[arg(long, default_value = "systemctl restart")]
        restart: String,
        /// Seconds that a unit has until it serves
        #[arg(long, default_value_t = 30)]
        patience: u64,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
        /// A folder that `just release` made
        release: PathBuf,
    },
    /// List the backups in a folder
    Backups { folder: PathBuf },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Backup { folder, keep } => backup::create(&folder, keep).await,
        Command::Restore { folder, backup } => backup::restore(&folder, backup.as_deref()).await,
        Command::Deploy { root, restart, patience, dry_run, release } => {
            let patience = Duration::from_secs(patience);
            deploy::run(&Deploy { root, release, restart, patience, is_dry: dry_run }).await
        }
        Command::Backups { folder } => backup::list(&folder),
    }
}
