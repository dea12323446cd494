//! The process: binds, serves, ends in order.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, error::DispatchError};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{Error, dev::AppConfig, rt::net::TcpStream, web};
use anyhow::Context;
use balloond_domain::{Config, Services, metrics, realtime};
use balloond_metrics::{Listener, Page, process};
use tokio::sync::watch;

use crate::{
    app::{Shared, app},
    realtime::{self as sockets, Feed, Hub, upgrade},
    routes::{Drain, Spec},
    settings::Settings,
};

/// How long a connection may stay open between two requests; longer than a load balancer's usual 60 s, so that it is the
/// balancer that closes.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client has to send a request's head.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client has to take note that a connection closes.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Seconds that requests have to finish when the process ends.
const SHUTDOWN_SECONDS: u64 = 6;

/// A bound server that does not serve yet.
pub struct Application {
    server: ServerBuilder,
    address: SocketAddr,
    services: Services,
    feed: Arc<Feed>,
    metrics: Option<Listener>,
    stop: (watch::Sender<bool>, watch::Receiver<bool>),
}

/// Ends an [`Application`] from elsewhere.
#[derive(Clone, Debug)]
pub struct StopHandle(watch::Sender<bool>);

impl StopHandle {
    /// Begins the end: sockets get 1012, requests finish. Returns at once.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Application {
    /// Binds `config.api_addr`; port 0 takes a free one.
    pub fn build(config: &Config) -> anyhow::Result<Self> {
        let services = Services::new(config)?;
        let listener = TcpListener::bind(config.api_addr)
            .with_context(|| format!("API_ADDR: {} cannot be bound", config.api_addr))?;
        let address = listener.local_addr()?;
        let metrics = bind_metrics(config)?;
        process::started();
        let feed = Arc::new(Feed::default());
        let shared = Shared {
            services: web::Data::new(services.clone()),
            settings: web::Data::new(Settings::new(config)),
            spec: web::Data::new(Spec::default()),
            drain: web::Data::new(Drain::new(config)),
        };
        let server = serve(listener, shared, Arc::clone(&feed))?;
        Ok(Self { server, address, services, feed, metrics, stop: watch::channel(false) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it tells its metrics, if it does.
    pub fn metrics_address(&self) -> io::Result<Option<SocketAddr>> {
        self.metrics.as_ref().map(Listener::address).transpose()
    }

    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(self.stop.0.clone())
    }

    /// Serves until a [`StopHandle`] says otherwise; then all is over within 8 s. Needs a Tokio runtime.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let Self { server, services, feed, metrics, stop: (_sender, mut stop), .. } = self;
        let publish = Arc::clone(&feed);
        let listener = realtime::listen(&services, move |notice| publish.notice(notice));
        let told = metrics.map(|listener| tokio::spawn(tell_metrics(listener, services, Arc::clone(&feed))));
        let server = server.run();
        let handle = server.handle();
        let stopped = async {
            // The sender lives in this function.
            let _ = stop.wait_for(|stop| *stop).await;
            feed.close();
            handle.stop(true).await;
        };
        let result = run(server, stopped).await;
        listener.abort();
        if let Some(told) = told {
            told.abort();
        }
        result
    }
}

/// The port of `METRICS_ADDR`, if it is set.
pub fn bind_metrics(config: &Config) -> anyhow::Result<Option<Listener>> {
    let bind = |address| Listener::bind(address).with_context(|| format!("METRICS_ADDR: {address} cannot be bound"));
    config.metrics_addr.map(bind).transpose()
}

async fn tell_metrics(listener: Listener, services: Services, feed: Arc<Feed>) {
    let tell = || {
        let mut page = Page::default();
        metrics::measure(&services, &mut page);
        sockets::measure(&feed, &mut page);
        std::future::ready(page.into_text())
    };
    listener.serve(tell).await;
}

/// The server has to be driven while it stops.
async fn run(server: Server, stopped: impl Future<Output = ()>) -> io::Result<()> {
    let mut server = std::pin::pin!(server);
    tokio::select! {
        result = &mut server => result,
        () = stopped => server.await,
    }
}

/// HTTP/1 only: over TLS, HTTP/2 and 3 end at the proxy. Every worker thread has its own hub and its own applications.
fn serve(listener: TcpListener, shared: Shared, feed: Arc<Feed>) -> io::Result<ServerBuilder> {
    let address = listener.local_addr()?;
    let server = ServerBuilder::new().disable_signals().shutdown_timeout(SHUTDOWN_SECONDS);
    let draining = server.graceful_shutdown_signal();
    server.listen("api", listener, move || {
        let hub = Hub::start(shared.services.clone(), Arc::clone(&feed));
        let make_app = {
            let (shared, hub) = (shared.clone(), Rc::clone(&hub));
            move || app(shared.clone(), Rc::clone(&hub))
        };
        let draining = draining.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(REQUEST_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .local_addr(address)
            .upgrade(upgrade(make_app.clone(), hub))
            .h1(map_config(make_app().into_factory().map_err(|error: Error| error.error_response()), |()| {
                AppConfig::default()
            }));
        fn_service(accept).and_then(http)
    })
}

/// A small event must not wait for the client to acknowledge the one before it, as it would by Nagle's algorithm.
async fn accept(connection: TcpStream) -> Result<(TcpStream, Option<SocketAddr>), DispatchError> {
    connection.set_nodelay(true)?;
    let peer = connection.peer_addr().ok();
    Ok((connection, peer))
}
