//! An HTTP/1.1 client of few frills: single requests for setting up, and a fixed number of connections for load.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header::{CONTENT_TYPE, COOKIE, HOST, HeaderName},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

/// One kept-open connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// An answer began, and did not come to its end.
#[derive(Debug)]
pub struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer broke off")
    }
}

/// What a request says beyond its path.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(HeaderName, String)>);

impl Headers {
    pub fn bearer(token: &str) -> Self {
        Self(vec![(hyper::header::AUTHORIZATION, format!("Bearer {token}"))])
    }

    pub fn cookie(token: &str) -> Self {
        Self(vec![(COOKIE, format!("session={token}"))])
    }

    /// As if from an address of its own: limits by address are not what is measured.
    pub fn by_address(mut self, address: &str) -> Self {
        self.0.push((HeaderName::from_static("x-forwarded-for"), address.to_owned()));
        self
    }
}

impl Connection {
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_owned() })
    }

    /// Sends a request and reads its whole answer.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &Headers,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        for (name, value) in &headers.0 {
            request = request.header(name, value);
        }
        let has_type = headers.0.iter().any(|(name, _)| name == CONTENT_TYPE);
        if !body.is_empty() && !has_type {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let response: Response<Incoming> = self.sender.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await.context(BrokenOff)?.to_bytes()))
    }

    pub async fn get(&mut self, path: &str, headers: &Headers) -> Result<Bytes> {
        let (status, body) = self.send(Method::GET, path, headers, Bytes::new()).await?;
        ensure!(status.is_success(), "GET {path} answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(body)
    }

    pub async fn post<T: serde::de::DeserializeOwned>(
        &mut self,
        path: &str,
        headers: &Headers,
        body: &serde_json::Value,
    ) -> Result<T> {
        let (status, answer) = self.send(Method::POST, path, headers, serde_json::to_vec(body)?.into()).await?;
        ensure!(status.is_success(), "POST {path} answered {status}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).with_context(|| format!("POST {path}"))
    }
}

/// What a load found.
pub struct Load {
    pub requests: usize,
    pub time: Duration,
    /// Sorted.
    pub latencies: Vec<Duration>,
}

/// `connections` ask for `path` one request after the other for `time`. Every answer has to be a success.
pub async fn load(address: &str, path: &str, headers: &Headers, connections: usize, time: Duration) -> Result<Load> {
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        let (address, path, headers) = (address.to_owned(), path.to_owned(), headers.clone());
        clients.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Vec::new();
            while begin.elapsed() < time {
                let sent = Instant::now();
                connection.get(&path, &headers).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    let time = begin.elapsed();
    latencies.sort_unstable();
    Ok(Load { requests: latencies.len(), time, latencies })
}
