//! Measures release builds of both servers on a seeded database, client and servers on the same machine: requests per second,
//! latency, CPU of the server process alone, and memory. Prints one table; asserts nothing.

mod crowd;
mod http;
mod pages;
mod report;
mod server;
mod sockets;

use std::time::Duration;

use anyhow::Result;
use balloond_database::seed::Size;
use clap::{Parser, ValueEnum};

use crate::{crowd::Crowd, report::Report, server::Servers};

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    All,
    /// Pages and JSON over HTTP, start-up and memory.
    Http,
    /// Delivery of messages over sockets.
    Chat,
}

#[derive(Debug, Parser)]
#[command(about = "Measures Balloon'd")]
struct Arguments {
    #[arg(default_value = "all")]
    part: Part,
    /// Seconds each measurement runs.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Idle sockets to hold.
    #[arg(long, default_value_t = 2000)]
    idle: usize,
}

// One thread: the client shares two cores with what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds);
    let mut report = Report::default();
    let mut servers = Servers::prepare().await?;
    eprintln!("seeding 10,000 people, 2,000 chats and 200,000 messages");
    let crowd = Crowd::seed(&mut servers, Size { people: 10_000, chats: 2_000, messages: 200_000 }).await?;
    if arguments.part != Part::Chat {
        pages::measure(&mut servers, &crowd, time, &mut report).await?;
    }
    if arguments.part != Part::Http {
        sockets::measure(&mut servers, &crowd, time, arguments.idle, &mut report).await?;
    }
    report.print();
    servers.stop().await;
    Ok(())
}
