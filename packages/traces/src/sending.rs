//! Sends batches through the HTTP client that the other packages use.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The exporter's thread is none of the runtime's, but its sockets are.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    runtime: Handle,
    is_failing: Arc<AtomicBool>,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self { http: reqwest::Client::new(), runtime: Handle::current(), is_failing: Arc::default() }
    }

    /// Says it once, and once when it is over: a collector that is away is away for every batch.
    fn note(&self, problem: Option<String>) {
        match (self.is_failing.swap(problem.is_some(), Relaxed), problem) {
            (false, Some(problem)) => tracing::warn!(problem, "traces do not arrive"),
            (true, None) => tracing::info!("traces arrive again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let request = self.http.post(head.uri.to_string()).headers(head.headers).timeout(PATIENCE).body(body);
        match self.runtime.spawn(async { request.send().await }).await? {
            Ok(answer) => {
                let status = answer.status();
                self.note((!status.is_success()).then(|| format!("refused with {}", status.as_u16())));
                Ok(Response::builder().status(status).body(Bytes::new())?)
            }
            Err(error) => {
                let error = error.without_url();
                self.note(Some(error.to_string()));
                Err(error.into())
            }
        }
    }
}
