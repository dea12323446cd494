//! Somebody far from the primary: what they wait for, with the servers beside the primary, beside them, and with a replica there too.
//! The way is a [`Link`]: every packet takes its time, some are lost, and the bandwidth is without limit.

mod door;
mod link;
mod replica;
mod waits;

use std::{net::Ipv4Addr, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use tokio::signal::unix::{SignalKind, signal};

pub use self::link::Link;
use self::{
    door::Doors,
    replica::Replica,
    waits::{Talk, Waits},
};
use crate::{
    chat::Chat,
    crowd::{Crowd, Person},
    report::Report,
    server::{Server, Servers},
};

/// From one end to the other, as from Frankfurt to the east of America.
const ONE_WAY: Duration = Duration::from_millis(40);
/// Of the packets in either direction, where the way is a bad one.
const LOST: f64 = 0.01;

/// The way to somebody far away.
///
/// # Errors
///
/// Where there is no right to make one.
pub fn open() -> Result<Link> {
    Link::open(ONE_WAY)
        .context("a place far away needs Linux, and the right to make network namespaces and TUN devices (root)")
}

/// Until a signal says that it is enough: nothing may be left behind then either.
pub async fn measure(link: &Link, servers: &Servers, crowd: &Crowd, report: &mut Report) -> Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut replica = None;
    let measured = tokio::select! {
        measured = measure_all(link, servers, crowd, &mut replica, report) => measured,
        _ = interrupt.recv() => Err(anyhow!("interrupted")),
        _ = terminate.recv() => Err(anyhow!("told to end")),
    };
    if let Some(replica) = replica {
        replica.stop().await?;
    }
    measured
}

async fn measure_all(
    link: &Link,
    servers: &Servers,
    crowd: &Crowd,
    replica: &mut Option<Replica>,
    report: &mut Report,
) -> Result<()> {
    let mut pairs = crowd.pairs(servers, 1).await?;
    let doors = Doors::at(link.near())?;
    let mut settings = Vec::new();
    for name in ["DATABASE_URL", "REDIS_URL"] {
        settings.push((name.to_owned(), doors.lead_to(&std::env::var(name)?).await?));
    }

    {
        // Where they are found from far away.
        let (web, api) = servers.start_elsewhere(link.near(), &[]).await?;
        let pages = doors.compress(&web.address).await?;
        let layout = Layout { place: "servers beside the primary", web: &pages, api: &api.address, has_replica: false };
        measure_layout(&layout, link, servers, &mut pairs, report).await?;
    }
    {
        let (web, api) = start_there(link, servers, &settings).await?;
        let place = "servers beside the person";
        let layout = Layout { place, web: &web.address, api: &api.address, has_replica: false };
        measure_layout(&layout, link, servers, &mut pairs, report).await?;
    }
    let primary = settings.first().map(|(_, url)| url.as_str()).context("no primary")?;
    let replica = replica.insert({
        let _away = link.go_there()?;
        Replica::start(primary)?
    });
    settings.push(("DATABASE_REPLICA_URL".to_owned(), replica.url().await?));
    let (web, api) = start_there(link, servers, &settings).await?;
    let place = "servers and a replica beside the person";
    let layout = Layout { place, web: &web.address, api: &api.address, has_replica: true };
    measure_layout(&layout, link, servers, &mut pairs, report).await
}

async fn start_there(link: &Link, servers: &Servers, settings: &[(String, String)]) -> Result<(Server, Server)> {
    let _away = link.go_there()?;
    servers.start_elsewhere(Ipv4Addr::LOCALHOST, settings).await
}

/// Where somebody far away finds the servers.
struct Layout<'a> {
    place: &'static str,
    web: &'a str,
    api: &'a str,
    has_replica: bool,
}

async fn measure_layout(
    layout: &Layout<'_>,
    link: &Link,
    servers: &Servers,
    pairs: &mut [Chat],
    report: &mut Report,
) -> Result<()> {
    let place = format!("{} ms away, {}", 2 * ONE_WAY.as_millis(), layout.place);
    eprintln!("measuring from {place}");
    let mut found = Vec::new();
    for lost in [0.0, LOST] {
        // All of this takes longer than a token lasts.
        Person::renew_all(servers, pairs).await?;
        let pair = pairs.first().context("nobody has a chat")?;
        let [far, near] = &*pair.people else { bail!("a chat of two has {} people", pair.people.len()) };
        let talk = Talk { chat: pair.id, far, near, primary: &servers.api };
        link.lose(lost)?;
        found.push(Waits::measure(&talk, link, layout).await?);
        link.lose(0.0)?;
    }
    if let [clean, lossy] = &*found {
        clean.tell(lossy, LOST, &place, report);
    }
    Ok(())
}
