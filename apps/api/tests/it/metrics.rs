//! What the processes tell of themselves, and that whoever watches asks for nothing else.

use std::{collections::BTreeSet, net::SocketAddr};

use anyhow::{Context, Result, ensure};
use balloond_testing::{Program, World, eventually, program::free_address};

use crate::{
    app::WEB,
    client::{Client, User},
};

const WATCHERS: [&str; 2] = [
    include_str!("../../../../infrastructure/monitoring/alerts.yml"),
    include_str!("../../../../infrastructure/monitoring/dashboard.json"),
];

async fn scrape(address: SocketAddr) -> Result<String> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    Ok(http.get(format!("http://{address}/metrics")).send().await?.error_for_status()?.text().await?)
}

/// The value of the sample that is written so.
fn value(page: &str, sample: &str) -> Result<f64> {
    let line = page.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.with_context(|| format!("no {sample} in\n{page}"))?.parse().context("a number")
}

/// A process that answers on its metrics' port.
async fn started(name: &str, command: &str, settings: &[(&str, &str)]) -> Result<(Program, SocketAddr)> {
    let address = free_address()?;
    let own = address.to_string();
    let mut all = vec![("METRICS_ADDR", own.as_str())];
    all.extend(settings);
    let mut program = Program::start(name, &[command], &all)?;
    eventually("metrics", async || {
        ensure!(program.is_running()?, "{name} ended");
        Ok(scrape(address).await.is_ok())
    })
    .await?;
    Ok((program, address))
}

#[tokio::test]
async fn requests_pools_the_cache_and_sockets_are_counted() -> Result<()> {
    let (world, address) = (World::new().await?, free_address()?);
    let database = world.config.database.url.as_str();
    let settings = [("DATABASE_URL", database), ("API_ADDR", &address.to_string()), ("PUBLIC_WEB_URL", WEB)];
    let (_api, metrics) = started("balloond-api", "serve", &settings).await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let anonymous = Client::new(http, address, world.services.clone());
    let (ada, ben, chat) = world.chat().await?;
    let ben = User::new(anonymous.clone(), ben);
    let socket = ben.connect().await?;
    eventually("the message's way", async || {
        world.send(&ada, chat, "counted").await?;
        Ok(value(&scrape(metrics).await?, "balloond_fanout_lag_seconds_count")? >= 1.0)
    })
    .await?;
    for _ in 0..2 {
        ben.get(&format!("/users/{}", ada.id)).await?.is(200)?;
    }
    ben.get("/users/nobody").await?.is(404)?;
    anonymous.fetch("/nothing/like/it").await?.is(404)?;
    anonymous.fetch("/metrics").await?.is(404)?;

    let page = scrape(metrics).await?;
    let answered = |route: &str, status: u16| {
        let labels = format!("method=\"GET\",route=\"{route}\",status=\"{status}\"");
        value(&page, &format!("balloond_http_request_duration_seconds_count{{{labels}}}"))
    };
    assert_eq!(answered("/api/v1/users/{id}", 200)?, 2.0);
    assert_eq!(answered("/api/v1/users/{id}", 404)?, 1.0);
    assert_eq!(answered("none", 404)?, 2.0);
    assert_eq!(value(&page, "balloond_sockets")?, 1.0);
    assert_eq!(value(&page, "balloond_feed_up")?, 1.0);
    assert_eq!(value(&page, "balloond_cache_reads_total{outcome=\"miss\"}")?, 1.0);
    assert_eq!(value(&page, "balloond_cache_reads_total{outcome=\"hit\"}")?, 1.0);
    assert!(value(&page, "balloond_pool_wait_seconds_count{pool=\"primary\"}")? > 1.0);
    for secret in [&ada.id.to_string(), &ada.email, "nobody", "nothing/like"] {
        assert!(!page.contains(secret), "{secret} is told");
    }
    drop(socket);
    eventually("the socket's end", async || Ok(value(&scrape(metrics).await?, "balloond_sockets")? == 0.0)).await
}

#[tokio::test]
async fn what_is_watched_is_told() -> Result<()> {
    let world = World::new().await?;
    world.execute("SELECT graphile_worker.add_job('of_another_release', run_at := now() - interval '1 hour')").await?;
    let (api, web) = (free_address()?.to_string(), free_address()?.to_string());
    let settings = [("DATABASE_URL", world.config.database.url.as_str()), ("API_ADDR", &api), ("WEB_ADDR", &web)];
    let mut told = String::new();
    for (name, command) in [("balloond-api", "serve"), ("balloond-api", "worker"), ("balloond-web", "serve")] {
        let (_process, metrics) = started(name, command, &settings).await?;
        told += &scrape(metrics).await?;
    }
    assert!(value(&told, "balloond_job_lateness_seconds")? >= 3600.0);
    assert_eq!(value(&told, "balloond_jobs{task=\"of_another_release\",state=\"due\"}")?, 1.0);
    let families: BTreeSet<&str> =
        told.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    for file in WATCHERS {
        let names = file.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in names.filter(|word| word.starts_with("balloond_") || word.starts_with("process_")) {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
            ensure!(families.contains(family), "{name} is watched, but nobody tells it");
        }
    }
    Ok(())
}
