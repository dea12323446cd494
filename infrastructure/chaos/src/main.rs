//! Proves that nothing is lost: many clients write, edit, delete, react, leave and come back on three api processes, while faults
//! strike. At the end every view of every client is compared with the database.

mod acts;
mod api;
mod client;
mod faults;
mod listen;
mod people;
mod proxy;
mod report;
mod run;
mod stack;
mod tally;
mod verify;

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::{faults::Fault, stack::Stack};

#[derive(Debug, Parser)]
#[command(about = "Lets faults strike, and proves that nothing is lost")]
pub struct Arguments {
    /// Messages that are acknowledged amid each kind of fault, at least
    #[arg(long, default_value_t = 300)]
    messages: usize,
    /// The first seed, to run the same again; by chance if it is not given
    #[arg(long)]
    seed: Option<u64>,
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Devices that take part
    #[arg(long, default_value_t = 24)]
    clients: usize,
    #[arg(long, default_value_t = 6)]
    chats: usize,
    /// Messages a second over all clients
    #[arg(long, default_value_t = 40)]
    rate: u32,
    /// Seconds between two strikes while the messages of a fault are not through
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// Seconds within which everybody has to hear everybody again after a fault; more on a busy machine
    #[arg(long, default_value_t = 5)]
    within: u64,
    /// Only these
    #[arg(long, value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Start the release build of the api
    #[arg(long)]
    release: bool,
}

impl Arguments {
    fn faults(&self) -> Vec<Fault> {
        if self.faults.is_empty() { Fault::value_variants().to_vec() } else { self.faults.clone() }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.within)
    }
}

// One thread: the clients share the machine with what they examine, and children hang on the thread that starts them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let first = arguments.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let mut stack = Stack::start(arguments.release).await?;
    let mut is_clean = true;
    for seed in first..first + arguments.seeds {
        is_clean &= tokio::task::LocalSet::new().run_until(run::run(&arguments, seed, &mut stack)).await?;
    }
    if let Some(logs) = stack.stop(!is_clean).await {
        eprintln!("the logs are kept in {}", logs.display());
    }
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
