//! A service that faults or traces are sent to, and servers of ours that send them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
    thread,
};

use anyhow::{Context, Result, ensure};
use balloond_testing::{PATIENCE, Program, World, eventually, program::free_address};

use crate::{app::WEB, client::Client};

/// What arrived: a request's head and its body.
pub struct Ingest {
    pub address: SocketAddr,
    pub arrived: mpsc::Receiver<(String, String)>,
}

impl Ingest {
    /// Takes whatever is sent.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (tell, arrived) = mpsc::channel();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let tell = tell.clone();
                thread::spawn(move || {
                    let mut reader = BufReader::new(connection);
                    while let Ok(request) = receive(&mut reader) {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                        if tell.send(request).is_err() || reader.get_mut().write_all(answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Ok(Self { address, arrived })
    }

    /// The next request.
    pub fn wait(&self) -> Result<(String, String)> {
        self.arrived.recv_timeout(PATIENCE).context("nothing arrived")
    }
}

fn receive(reader: &mut BufReader<TcpStream>) -> Result<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let before = head.len();
        ensure!(reader.read_line(&mut head)? > 0, "closed");
        let line = head[before..].trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, String::from_utf8(body)?))
}

/// Starts a server of ours on the world's database, and waits until it answers.
pub async fn started(world: &World, name: &str, settings: &[(&str, &str)]) -> Result<(Program, Client)> {
    let address = free_address()?;
    let own = address.to_string();
    let common = [
        ("DATABASE_URL", world.config.database.url.as_str()),
        (if name == "balloond-api" { "API_ADDR" } else { "WEB_ADDR" }, &own),
        ("PUBLIC_WEB_URL", WEB),
        ("TRUSTED_PROXIES", "1"),
    ];
    let mut program = Program::start(name, &["serve"], &[&common, settings].concat())?;
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let client = Client::new(http, address, world.services.clone());
    eventually("the server", async || {
        ensure!(program.is_running()?, "{name} ended");
        Ok(client.fetch("/healthz").await.is_ok_and(|answer| answer.status == 200))
    })
    .await?;
    Ok((program, client))
}
