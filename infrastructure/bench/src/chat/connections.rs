//! How many people can come back in a second, as after a restart: connect, prove who one is, and hear `ready`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use super::{Chat, Nodes, socket::connect};
use crate::{
    crowd::Person,
    report::{Report, millis, percentile},
    server::{Server, Servers},
};

/// Who come at once.
const AT_ONCE: usize = 32;

pub async fn measure(
    servers: &mut Servers,
    bare: &Server,
    chats: &[Chat],
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    servers.restart_api().await?;
    let people: Arc<[Person]> = chats.iter().flat_map(|chat| chat.people.iter().cloned()).collect();
    let found = open_and_close(&Nodes(vec![&servers.api]), &people, time).await?;
    report.line("authenticated connections, until `ready`", found, "500/s");
    let found = open_and_close(&Nodes(vec![bare]), &people, time).await?;
    report.line("the same by a bare program, which asks nobody who they are", found, "");
    Ok(())
}

async fn open_and_close(nodes: &Nodes<'_>, people: &Arc<[Person]>, time: Duration) -> Result<String> {
    eprintln!("measuring connections");
    let before = nodes.cpu()?;
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..AT_ONCE {
        let (address, people) = (nodes.address(client).to_owned(), Arc::clone(people));
        clients.spawn(async move {
            let mut times = Vec::new();
            for person in people.iter().cycle().skip(client * people.len() / AT_ONCE) {
                if begin.elapsed() >= time {
                    break;
                }
                let asked = Instant::now();
                drop(connect(&address, person).await?);
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(client) = clients.join_next().await {
        times.extend(client??);
    }
    let cpu = millis(nodes.cpu()?.saturating_sub(before)) / times.len().max(1) as f64;
    times.sort_unstable();
    let rate = times.len() as f64 / begin.elapsed().as_secs_f64();
    let p99 = millis(percentile(&times, 99.0));
    Ok(format!("{rate:.0}/s, p99 {p99:.1} ms, {cpu:.3} ms CPU a connection"))
}
