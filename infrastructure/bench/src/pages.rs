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
    report::{Report, millis, percentile},
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
    let (user, bearer) = (format!("/api/v1/users/{}", crowd.viewer), Headers::bearer(&viewer.token));
    for (name, server, path, headers, aim) in [
        ("/people, 24 people", &servers.web, "/people", &cookie, "6,330 req/s, 0.15 ms"),
        ("/chats/:id, 50 messages", &servers.web, &*chat, &cookie, "6,195 req/s, 0.17 ms"),
        ("landing page", &servers.web, "/", &Headers::default(), "27,840 req/s, 0.045 ms"),
        ("cached user as JSON", &servers.api, &*user, &bearer, "41,220 req/s, 0.025 ms"),
    ] {
        let found = measure_path(name, server, path, headers, time).await?;
        report.line(&format!("{name}, c = {CONNECTIONS}"), found, aim);
    }

    let loaded = [servers.web.memory()?, servers.api.memory()?];
    report.line("memory fresh: web, api", format!("{} MiB, {} MiB", fresh[0] / 1024, fresh[1] / 1024), "30 MiB");
    report.line("memory under load: web, api", format!("{} MiB, {} MiB", loaded[0] / 1024, loaded[1] / 1024), "80 MiB");
    report.line("start to first /people", format!("{:.3} s", started.as_secs_f64()), "0.15 s");
    let page = Connection::open(&servers.web.address).await?.get(&chat, &cookie).await?;
    let sizes = assets(&String::from_utf8_lossy(&page))?;
    report.line("the chat page's JS and wasm, brotli", sizes, "80 KB");
    Ok(())
}

async fn measure_path(name: &str, server: &Server, path: &str, headers: &Headers, time: Duration) -> Result<String> {
    eprintln!("measuring {name}");
    load(&server.address, path, headers, CONNECTIONS, WARM_UP).await?;
    let cpu = server.cpu()?;
    let Load { requests, time, latencies } = load(&server.address, path, headers, CONNECTIONS, time).await?;
    let cpu = millis(server.cpu()? - cpu) / requests as f64;
    let p99 = millis(percentile(&latencies, 99.0));
    let rate = requests as f64 / time.as_secs_f64();
    Ok(format!("{rate:.0} req/s, p99 {p99:.1} ms, {cpu:.3} ms CPU a request"))
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
