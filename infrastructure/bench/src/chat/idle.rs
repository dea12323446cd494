//! Sockets that only wait: what one costs in resident memory.

use std::time::Duration;

use anyhow::Result;
use rustix::process::{Resource, getrlimit};

use super::{Chat, Nodes, socket::connect};
use crate::{
    crowd::Person,
    report::Report,
    server::{Server, Servers},
};

/// What a process opens besides sockets.
const OTHER_FILES: usize = 200;
/// The first ones bring what is paid once: pools, caches, threads.
const WARM_UP: usize = 50;
/// What is done once a socket opened is over by then.
const SETTLE: Duration = Duration::from_secs(3);
const AIM: &str = "10 KiB, 12 at most";

pub async fn measure(servers: &mut Servers, chats: &[Chat], count: usize, report: &mut Report) -> Result<()> {
    eprintln!("measuring {count} idle sockets");
    let name = format!("an idle socket, of {count}");
    let allowed = getrlimit(Resource::Nofile).current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(0));
    if count + OTHER_FILES > allowed {
        let limit = format!("NOT MEASURED: a process may open {allowed} files on this machine");
        report.line(&name, limit, AIM);
        return Ok(());
    }
    servers.restart_api().await?;
    let people: Vec<&Person> = chats.iter().flat_map(|chat| &chat.people).collect();
    let found = hold(&servers.api, &people, count).await?;
    report.line(&name, found, AIM);
    let bare = servers.start_bare().await?;
    let found = hold(&bare, &people, count).await?;
    report.line("the same by a bare program", found, "");
    Ok(())
}

/// Opens them all, and divides what the server grew by.
async fn hold(server: &Server, people: &[&Person], count: usize) -> Result<String> {
    let nodes = Nodes(vec![server]);
    let mut sockets = Vec::new();
    for person in people.iter().take(WARM_UP) {
        sockets.push(connect(&server.address, person).await?);
    }
    tokio::time::sleep(SETTLE).await;
    let before = nodes.memory()?;
    for person in people.iter().cycle().take(count) {
        sockets.push(connect(&server.address, person).await?);
    }
    tokio::time::sleep(SETTLE).await;
    let grown = nodes.memory()?.saturating_sub(before);
    let cpu = nodes.cpu()?;
    tokio::time::sleep(SETTLE).await;
    let cpu = (nodes.cpu()?.saturating_sub(cpu)).as_secs_f64() / SETTLE.as_secs_f64() * 100.0;
    drop(sockets);
    Ok(format!("{:.1} KiB, {cpu:.1} % of a core for all of them", grown as f64 / count as f64))
}
