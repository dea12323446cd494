//! What listens on this machine's loopback alone, made to be reached from far away.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONTENT_ENCODING, COOKIE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::Mutex,
};

use crate::http::{Connection, Headers};

/// Doors that stand open until this is dropped.
pub struct Doors {
    /// A thread of their own: it stays here while who opened them goes elsewhere.
    here: Option<Runtime>,
    address: Ipv4Addr,
}

impl Doors {
    /// At `address`, as it is seen by the calling thread.
    pub fn at(address: Ipv4Addr) -> Result<Self> {
        let here = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { here: Some(here), address })
    }

    /// The same URL, by way of a door.
    pub async fn lead_to(&self, url: &str) -> Result<String> {
        let (_, rest) = url.split_once('@').context("a URL without a password")?;
        let host = rest.split('/').next().unwrap_or(rest);
        let upstream: SocketAddr = host.parse()?;
        let door = self.open(move |from| pass(from, upstream)).await?;
        Ok(url.replacen(host, &door.to_string(), 1))
    }

    /// A door to web that compresses pages, as the proxy does that stands before it.
    pub async fn compress(&self, web: &str) -> Result<String> {
        let web = web.to_owned();
        Ok(self.open(move |from| compress(from, web.clone())).await?.to_string())
    }

    async fn open<F>(&self, serve: impl Fn(TcpStream) -> F + Send + 'static) -> Result<SocketAddr>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let here = self.here.as_ref().context("the doors are closed")?;
        let address = self.address;
        here.spawn(async move {
            let listener = TcpListener::bind((address, 0)).await?;
            let door = listener.local_addr()?;
            tokio::spawn(async move {
                while let Ok((from, _)) = listener.accept().await {
                    tokio::spawn(serve(from));
                }
            });
            Ok(door)
        })
        .await?
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        if let Some(here) = self.here.take() {
            here.shutdown_background();
        }
    }
}

async fn pass(mut from: TcpStream, upstream: SocketAddr) -> Result<()> {
    let mut to = TcpStream::connect(upstream).await?;
    from.set_nodelay(true)?;
    to.set_nodelay(true)?;
    copy_bidirectional(&mut from, &mut to).await?;
    Ok(())
}

async fn compress(from: TcpStream, web: String) -> Result<()> {
    from.set_nodelay(true)?;
    let web = Arc::new(Mutex::new(Connection::open(&web).await?));
    let answer = service_fn(move |request: Request<Incoming>| {
        let web = Arc::clone(&web);
        async move {
            let cookie = request.headers().get(COOKIE).context("nobody's request")?.to_str()?.to_owned();
            let page = web.lock().await.get(request.uri().path(), &Headers(vec![(COOKIE, cookie)])).await?;
            let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
            compressed.write_all(&page)?;
            let body = Full::new(Bytes::from(compressed.finish()?));
            anyhow::Ok(Response::builder().header(CONTENT_ENCODING, "gzip").body(body)?)
        }
    });
    Ok(http1::Builder::new().serve_connection(TokioIo::new(from), answer).await?)
}
