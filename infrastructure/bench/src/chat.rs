//! Chats: how soon what is said is heard, and what that costs; what a socket costs; how soon one is open.

mod connections;
mod deliver;
mod idle;
mod nodes;
mod slow;
pub mod socket;

use std::time::Duration;

use anyhow::Result;
use balloond_shared::ChatId;
use clap::ValueEnum;

use crate::{
    crowd::{Crowd, Person},
    report::Report,
    server::{Server, Servers},
};
use deliver::{Delivered, Load, Pace, deliver};

/// What of it to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// One chat of 200
    Group,
    /// 500 chats of two
    Pairs,
    /// What somebody who does not read costs the others
    Slow,
    /// How many can come back in a second
    Connections,
    /// Two processes against one
    Nodes,
    /// What a socket costs that only waits
    Idle,
}

pub struct Options {
    pub time: Duration,
    /// All, where none is named.
    pub only: Vec<Only>,
    pub idle: Vec<usize>,
}

impl Options {
    fn wants(&self, part: Only) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// A chat, and its members who are signed in.
pub struct Chat {
    pub id: ChatId,
    pub people: Vec<Person>,
}

/// The processes that a load goes to: people and senders turn to one after the other.
pub struct Nodes<'a>(pub Vec<&'a Server>);

impl Nodes<'_> {
    pub fn address(&self, number: usize) -> &str {
        self.0.get(number % self.0.len().max(1)).map_or("", |server| &server.address)
    }

    pub fn cpu(&self) -> Result<Duration> {
        self.0.iter().map(|server| server.cpu()).sum()
    }

    /// In KiB.
    pub fn memory(&self) -> Result<u64> {
        self.0.iter().map(|server| server.memory()).sum()
    }
}

pub async fn measure(servers: &mut Servers, crowd: &Crowd, options: &Options, report: &mut Report) -> Result<()> {
    let bare = servers.start_bare().await?;
    if [Only::Group, Only::Slow, Only::Nodes].into_iter().any(|part| options.wants(part)) {
        let mut group = [crowd.group(servers, 200).await?];
        if options.wants(Only::Group) {
            measure_group(servers, &bare, &group, options.time, report).await?;
        }
        if options.wants(Only::Slow) {
            Person::renew_all(servers, &mut group).await?;
            slow::measure(servers, &group, options.time, report).await?;
        }
        if options.wants(Only::Nodes) {
            Person::renew_all(servers, &mut group).await?;
            nodes::measure("1 chat × 200 subscribers, at full speed", servers, &group, options.time, report).await?;
        }
    }
    if [Only::Pairs, Only::Connections, Only::Nodes, Only::Idle].into_iter().any(|part| options.wants(part)) {
        let mut pairs = crowd.pairs(servers, 500).await?;
        if options.wants(Only::Pairs) {
            measure_pairs(servers, &bare, &pairs, options.time, report).await?;
        }
        if options.wants(Only::Nodes) {
            Person::renew_all(servers, &mut pairs).await?;
            nodes::measure("500 chats × 2, at full speed", servers, &pairs, options.time, report).await?;
        }
        if options.wants(Only::Connections) {
            Person::renew_all(servers, &mut pairs).await?;
            connections::measure(servers, &bare, &pairs, options.time, report).await?;
        }
        if options.wants(Only::Idle) {
            for &count in &options.idle {
                Person::renew_all(servers, &mut pairs).await?;
                idle::measure(servers, &pairs, count, report).await?;
            }
        }
    }
    Ok(())
}

async fn measure_group(
    servers: &Servers,
    bare: &Server,
    group: &[Chat],
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    for (rate, aim) in [(50, "below 5.0/7.8/11 ms, 5 µs CPU a delivery"), (70, "p95 46, p99 132 ms at 14,000 a second")]
    {
        let name = format!("1 chat × 200 subscribers, {rate} messages/s");
        let load = Load { chats: group, pace: Pace::steady(rate), time, padding: 0 };
        compare(&name, servers, bare, &load, aim, report).await?;
    }
    Ok(())
}

async fn measure_pairs(
    servers: &Servers,
    bare: &Server,
    pairs: &[Chat],
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    let load = Load { chats: pairs, pace: Pace::steady(500), time, padding: 0 };
    let aim = "below 1.4/5.0/15 ms, 0.1 ms CPU a message";
    compare("500 chats × 2, 500 messages/s", servers, bare, &load, aim, report).await
}

/// The product, and the bare program with the same to do.
async fn compare(
    name: &str,
    servers: &Servers,
    bare: &Server,
    load: &Load<'_>,
    aim: &str,
    report: &mut Report,
) -> Result<()> {
    let product = deliver(name, &Nodes(vec![&servers.api]), load).await?;
    report.line(name, product.text(), aim);
    let limit = deliver("the same by a bare program", &Nodes(vec![bare]), load).await?;
    report.line("the same by a bare program", limit.text(), "");
    let cpu = |delivered: &Delivered| delivered.cpu_micros().max(0.1);
    let times = cpu(&product) / cpu(&limit);
    report.line("what the product costs", format!("{times:.1} times the bare program's CPU a delivery"), "");
    Ok(())
}
