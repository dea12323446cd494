//! `balloond-operate`: what operators do to a running Balloon'd from outside.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use balloond_operate::backup;
use clap::{Parser, Subcommand};

/// Backs Balloon'd up and restores it. Configured by the environment, as the servers are.
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
        Command::Backups { folder } => backup::list(&folder),
    }
}
