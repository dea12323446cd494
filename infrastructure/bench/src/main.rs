//! Measures both servers on a seeded database, client and servers on the same machine: requests per second, latency, CPU of the
//! server processes alone, and memory. Prints one table; asserts nothing. Numbers mean something for a release build only.

mod chat;
mod cost;
mod crowd;
#[cfg_attr(not(target_os = "linux"), path = "far/elsewhere.rs")]
mod far;
mod http;
mod pages;
mod report;
mod search;
mod server;
mod serverless;

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use balloond_database::seed::Size;
use clap::{Parser, ValueEnum};

use crate::{
    chat::{Only, Options},
    crowd::Crowd,
    report::Report,
    server::Servers,
};

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    All,
    /// Pages and JSON over HTTP, start-up and memory.
    Http,
    /// Delivery of messages over sockets, and the sockets.
    Chat,
    /// What somebody waits for who is far from the primary.
    Far,
    /// Where processes come and go: starting, idling, and ending amid a load.
    Serverless,
    /// What each thing that people do takes, for `just cost`; not part of all.
    Cost,
    /// Finding what was said, among 200,000 and 1,000,000 messages.
    Search,
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
    #[arg(long, value_delimiter = ',', default_values_t = [2_000, 10_000])]
    idle: Vec<usize>,
    /// Of `chat`, only these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Only>,
}

impl Part {
    fn has(self, part: Self) -> bool {
        self == Self::All || self == part
    }
}

// One thread: the client shares two cores with what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match measure().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<()> {
    let Arguments { part, seconds, idle, only } = Arguments::parse();
    let time = Duration::from_secs(seconds);
    if cfg!(debug_assertions) {
        eprintln!("this is a debug build: its numbers mean nothing");
    }
    server::raise_file_limit();
    let mut report = Report::default();
    // Before anything else: where it cannot be had, nobody waits for the rest first.
    let link = open_link(part, &mut report)?;
    let mut servers = Servers::prepare().await?;
    eprintln!("seeding 10,000 people, 2,000 chats and 200,000 messages");
    let size = Size { people: 10_000, chats: 2_000, messages: 200_000 };
    let crowd = Crowd::seed(&mut servers, size).await?;
    if part.has(Part::Http) {
        pages::measure(&mut servers, &crowd, time, &mut report).await?;
    }
    if part.has(Part::Chat) {
        chat::measure(&mut servers, &crowd, &Options { time, only, idle }, &mut report).await?;
    }
    if let Some(link) = link {
        far::measure(&link, &servers, &crowd, &mut report).await?;
    }
    if part.has(Part::Serverless) {
        serverless::measure(&mut servers, &crowd, &mut report).await?;
    }
    if part == Part::Cost {
        cost::measure(&servers, &crowd).await?;
    }
    // The last: it leaves five times the messages behind.
    if part.has(Part::Search) {
        search::measure(&crowd, size, &mut report).await?;
    }
    report.print();
    servers.stop().await;
    Ok(())
}

/// The way to somebody far away, where one is to be measured. Among all parts it may be missing.
fn open_link(part: Part, report: &mut Report) -> Result<Option<far::Link>> {
    if !part.has(Part::Far) {
        return Ok(None);
    }
    match far::open() {
        Err(why) if part == Part::All => {
            report.line("what somebody far away waits for", format!("not measured: {why:#}"), "");
            Ok(None)
        }
        link => link.map(Some),
    }
}
