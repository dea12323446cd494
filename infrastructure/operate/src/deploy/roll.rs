//! Restarting one unit after the other, each once the one before it serves.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::{sleep, timeout},
};

use super::say;

const ASK_EVERY: Duration = Duration::from_millis(100);

pub struct Units {
    units: Vec<Unit>,
    restart: String,
    /// How long a unit has until it serves.
    patience: Duration,
}

struct Unit {
    name: String,
    /// Host and port, and the path that answers 200 once it serves.
    ready: Option<(String, String)>,
}

impl Units {
    pub fn read(root: &Path, restart: &str, patience: Duration) -> Result<Self> {
        let file = root.join("units");
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let units = lines.map(Unit::parse).collect::<Result<Vec<_>>>()?;
        ensure!(!units.is_empty(), "{} names no unit", file.display());
        Ok(Self { units, restart: restart.to_owned(), patience })
    }

    /// What [`Units::roll`] does, in words.
    pub fn steps(&self) -> impl Iterator<Item = String> {
        self.units.iter().map(|unit| match &unit.ready {
            Some((address, path)) => format!("{} {}, and wait for http://{address}{path}", self.restart, unit.name),
            None => format!("{} {}", self.restart, unit.name),
        })
    }

    pub async fn roll(&self) -> Result<()> {
        for unit in &self.units {
            let began = Instant::now();
            self.restart(&unit.name).await?;
            if let Some((address, path)) = &unit.ready {
                until_ready(address, path, self.patience)
                    .await
                    .with_context(|| format!("{} does not serve", unit.name))?;
            }
            say(&format!("{} serves after {:.1} s", unit.name, began.elapsed().as_secs_f64()));
        }
        Ok(())
    }

    async fn restart(&self, unit: &str) -> Result<()> {
        let mut words = self.restart.split_whitespace();
        let program = words.next().context("the restart command is empty")?;
        let status = Command::new(program).args(words).arg(unit).status().await;
        let status = status.with_context(|| format!("{program} cannot be started"))?;
        ensure!(status.success(), "{unit} cannot be restarted");
        Ok(())
    }
}

impl Unit {
    fn parse(line: &str) -> Result<Self> {
        let (name, url) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let ready = match url.trim() {
            "-" => None,
            url => {
                let rest =
                    url.strip_prefix("http://").with_context(|| format!("{name} has no http:// URL and no -"))?;
                let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
                Some((address.to_owned(), format!("/{path}")))
            }
        };
        Ok(Self { name: name.to_owned(), ready })
    }
}

async fn until_ready(address: &str, path: &str, patience: Duration) -> Result<()> {
    let asking = async {
        while answers(address, path).await != Some(true) {
            sleep(ASK_EVERY).await;
        }
    };
    if timeout(patience, asking).await.is_err() {
        bail!("http://{address}{path} gave no 200 within {} s", patience.as_secs());
    }
    Ok(())
}

async fn answers(address: &str, path: &str) -> Option<bool> {
    let ask = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.ok()?;
        Some(start.ends_with(b" 200"))
    };
    timeout(Duration::from_secs(3), ask).await.ok()?
}
