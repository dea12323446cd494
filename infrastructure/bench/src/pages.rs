//! Pages and JSON over HTTP, start-up, memory, and what a page makes the browser load.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    crowd::Crowd,
    http::{Connection, Headers, Load, load},
    report::{Report, percentile},
    server::{Server, Servers},
};

const CONNECTIONS: usize = 32;
const WARM_UP: Duration = Duration::from_secs(1);

pub async fn measure(servers: &mut Servers, crowd: &Crowd, time: Duration, report: &mut Report) -> Result<()> {
    let viewer = crowd.sign_in_viewer(servers).await?;
    let cookie = Headers::cookie(&viewer.token);
    let begin = Instant::now();
    servers.restart_web().await?;
    Connection::open(&servers.web.address).await?.get("/people", &cookie).await?;
    let started = begin.elapsed();
    servers.restart_api().await?;
    let fresh = [servers.web.memory()?, servers.api.memory()?];

    let chat = format!("/chats/{}", crowd.chat);
    for (name, path, headers) in [
        ("/people, 24 people", "/people", &cookie),
        ("/chats/:id, 50 messages", &*chat, &cookie),
        ("landing page", "/", &Headers::default()),
    ] {
        measure_path(name, &servers.web, path, headers, time, report).await?;
    }
    let user = format!("/api/v1/users/{}", crowd.viewer);
    measure_path("cached user as JSON", &servers.api, &user, &Headers::bearer(&viewer.token), time, report).await?;

    let loaded = [servers.web.memory()?, servers.api.memory()?];
    report.line("memory fresh: web, api", format!("{} MiB, {} MiB", fresh[0] / 1024, fresh[1] / 1024));
    report.line("memory under load: web, api", format!("{} MiB, {} MiB", loaded[0] / 1024, loaded[1] / 1024));
    report.line("start to first /people", format!("{:.3} s", started.as_secs_f64()));
    let page = Connection::open(&servers.web.address).await?.get(&chat, &cookie).await?;
    let sizes = assets(&String::from_utf8_lossy(&page))?;
    report.line("the chat page's JS and wasm, brotli", sizes);
    Ok(())
}

async fn measure_path(
    name: &str,
    server: &Server,
    path: &str,
    headers: &Headers,
    time: Duration,
    report: &mut Report,
) -> Result<()> {
    eprintln!("measuring {name}");
    load(&server.address, path, headers, CONNECTIONS, WARM_UP).await?;
    let cpu = server.cpu()?;
    let Load { requests, time, latencies } = load(&server.address, path, headers, CONNECTIONS, time).await?;
    let cpu = (server.cpu()? - cpu).as_secs_f64() * 1000.0 / requests as f64;
    let p99 = percentile(&latencies, 99.0);
    let rate = requests as f64 / time.as_secs_f64();
    report.line(
        &format!("{name}, c = {CONNECTIONS}"),
        format!("{rate:.0} req/s, p99 {:.1} ms, {cpu:.3} ms CPU a request", p99.as_secs_f64() * 1000.0),
    );
    Ok(())
}

/// The sizes of the precompressed script and wasm that a page names.
fn assets(page: &str) -> Result<String> {
    let (mut js, mut wasm) = (0, 0);
    let named = fs::read_dir("site/pkg").context("site/pkg is missing: run `just build`")?;
    for file in named {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !page.contains(&name) {
            continue;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("js") => js += compressed(&path)?,
            Some("wasm") => wasm += compressed(&path)?,
            _ => {}
        }
    }
    Ok(format!("{:.1} KB ({:.1} JS, {:.1} wasm)", kilobytes(js + wasm), kilobytes(js), kilobytes(wasm)))
}

fn compressed(path: &Path) -> Result<u64> {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    Ok(fs::metadata(name)?.len())
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
