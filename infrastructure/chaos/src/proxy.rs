//! A port between the clients and one api process, on whose way the weather may be bad.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

/// What becomes of the bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Each piece comes late.
    Slow(Duration),
    /// Nothing comes, and nobody is told; the connections of then are of no use afterwards.
    Silent,
    /// Every connection ends, and no new one begins.
    Cut,
}

/// Carries connections until the process ends.
pub struct Proxy {
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// Opens a free port that leads to `upstream`.
    pub async fn open(upstream: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (weather, now) = watch::channel(Weather::Clear);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *now.borrow() != Weather::Cut {
                    tokio::spawn(carry(near, upstream, now.clone()));
                }
            }
        });
        Ok(Self { address, weather })
    }

    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

/// Carries one connection until either side ends it, or the weather does.
async fn carry(near: TcpStream, upstream: SocketAddr, mut weather: watch::Receiver<Weather>) {
    let Ok(far) = TcpStream::connect(upstream).await else { return };
    if near.set_nodelay(true).and_then(|()| far.set_nodelay(true)).is_err() {
        return;
    }
    let ((near_out, near_in), (far_out, far_in)) = (near.into_split(), far.into_split());
    let (up, down) = (weather.clone(), weather.clone());
    tokio::select! {
        _ = weather.wait_for(|weather| *weather == Weather::Cut) => {}
        () = pump(near_out, far_in, up) => {}
        () = pump(far_out, near_in, down) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let now = *weather.borrow_and_update();
        match now {
            Weather::Slow(late) => sleep(late).await,
            // What was swallowed is missing, so the connection cannot go on.
            Weather::Silent => {
                let _ = weather.wait_for(|weather| *weather != Weather::Silent).await;
                return;
            }
            Weather::Clear | Weather::Cut => {}
        }
        if to.write_all(buffer.get(..read).unwrap_or_default()).await.is_err() {
            return;
        }
    }
}
