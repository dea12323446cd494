//! Composing the server, and running it until it is told to stop.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web::{self, Data, FormConfig},
};
use anyhow::Context;
use balloond_access_log::Routes;
use balloond_domain::{Config, Services, metrics, page_view, realtime};
use balloond_metrics::{Listener, Page, process};
use tokio::signal::unix::{SignalKind, signal};

use super::{cookies::CookieNames, failure, headers, origin, routes, site::Site, writes};

/// A message of 4000 characters, each of four bytes, each byte as `%F0`.
const LARGEST_FORM: usize = 64 * 1024;
/// Files, and what whoever runs us asks all the time.
const ROUTES: Routes = Routes { unrouted: "file", quiet: &["file", "/healthz"] };
/// Requests under way get this long when the server is to stop.
const GRACE: Duration = Duration::from_secs(7);

/// What every route can ask for.
pub struct Application {
    pub services: Services,
    pub config: Config,
    pub cookies: CookieNames,
    pub site: Site,
    /// Where photos are, public ones and others, for the content security policy.
    pub photo_origins: String,
}

pub type State = Data<Application>;

impl Application {
    fn new(config: Config) -> anyhow::Result<Self> {
        Ok(Self {
            services: Services::new(&config)?,
            cookies: CookieNames::new(config.secure_cookies()),
            site: Site::new(config.site_root.clone()),
            photo_origins: [&config.storage.public_base, &config.storage.public_endpoint]
                .map(|url| origin_of(url))
                .join(" "),
            config,
        })
    }
}

/// Scheme, host and port of a URL.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |slash| host + slash);
    url.get(..end).unwrap_or(url)
}

/// Serves the pages on `config.web_addr` until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let address = config.web_addr;
    process::started();
    let listener = TcpListener::bind(address).with_context(|| format!("{address} cannot be listened on (WEB_ADDR)"))?;
    let measures = config.metrics_addr.map(bind_metrics).transpose()?;
    let url = config.public_web_url.clone();
    let application = Data::from(Arc::new(Application::new(config)?));
    if let Some(listener) = measures {
        tokio::spawn(serve_metrics(listener, application.services.clone()));
    }
    let revocations = realtime::listen(&application.services, |_| {});
    let services = application.services.clone();
    let flushing = tokio::spawn(page_view::keep(services.clone()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(application.clone())
            .app_data(FormConfig::default().limit(LARGEST_FORM))
            .configure(routes::register)
            .default_service(web::route().to(super::site::file))
            .wrap(from_fn(writes::note))
            .wrap(from_fn(origin::check))
            .wrap(from_fn(failure::show))
            .wrap(from_fn(super::cookies::renew))
            .wrap(from_fn(headers::set))
            .wrap(from_fn(tell))
    })
    .listen(listener)?
    .disable_signals()
    .shutdown_timeout(GRACE.as_secs())
    .run();
    tokio::spawn(stop_when_told(server.handle())?);
    tracing::info!(%address, url, "web is up");
    server.await?;
    revocations.abort();
    flushing.abort();
    if let Err(error) = page_view::flush(&services).await {
        tracing::warn!(%error, "the last page views are lost");
    }
    Ok(())
}

async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    balloond_access_log::tell(request, next, &ROUTES).await
}

fn bind_metrics(address: SocketAddr) -> anyhow::Result<Listener> {
    Listener::bind(address).with_context(|| format!("{address} cannot be listened on (METRICS_ADDR)"))
}

async fn serve_metrics(listener: Listener, services: Services) {
    let tell = || {
        let mut page = Page::default();
        metrics::measure(&services, &mut page);
        std::future::ready(page.into_text())
    };
    listener.serve(tell).await;
}

/// Both signals let requests finish.
fn stop_when_told(server: ServerHandle) -> anyhow::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        server.stop(true).await;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_ends_where_the_path_begins() {
        assert_eq!(origin_of("http://localhost:9000/balloond"), "http://localhost:9000");
        assert_eq!(origin_of("https://photos.example.com"), "https://photos.example.com");
    }
}
