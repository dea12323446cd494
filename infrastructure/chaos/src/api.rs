//! One client's way to the api: any of the processes will do, and what was not answered is tried again elsewhere.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use anyhow::{Context, Result};
use balloond_shared::{ApiError, ErrorCode, auth::SignedIn, backoff::backoff_ms};
use reqwest::{Method, StatusCode, header::RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::tally::Tally;

/// Then the outcome is unknown.
const TIMEOUT: Duration = Duration::from_secs(3);
/// For setting up: longer than any answer takes.
const TRIES: u32 = 20;

/// Why a call brought nothing.
#[derive(Debug)]
pub enum Failure {
    /// Nobody answered: it is not known whether it was done.
    Unreachable,
    /// Not now; the answer says when.
    Wait(Duration),
    /// No.
    Refused(ErrorCode),
}

pub struct Api {
    http: reqwest::Client,
    doors: Rc<[SocketAddr]>,
    door: Cell<usize>,
    token: RefCell<String>,
    refresh_token: RefCell<String>,
    /// As if from an address of its own: limits by address are not what is examined.
    address: String,
    tally: Rc<Tally>,
}

impl Api {
    pub fn new(doors: Rc<[SocketAddr]>, number: usize, tally: Rc<Tally>) -> Result<Self> {
        let id = uuid::Uuid::now_v7().into_bytes();
        let address = format!("10.{}.{}.{}", id[13], id[14], id[15]);
        let http = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build()?;
        let tokens = RefCell::<String>::default;
        Ok(Self { http, doors, door: Cell::new(number), token: tokens(), refresh_token: tokens(), address, tally })
    }

    /// The process that it turns to now.
    pub fn door(&self) -> Result<SocketAddr> {
        self.doors.get(self.door.get() % self.doors.len().max(1)).copied().context("there is no api process")
    }

    /// As a load balancer does that sees a connection fail.
    pub fn turn_elsewhere(&self) {
        self.door.set(self.door.get().wrapping_add(1));
    }

    pub fn token(&self) -> String {
        self.token.borrow().clone()
    }

    /// Registers or logs in.
    pub async fn sign_in(&self, path: &str, request: &Value) -> Result<SignedIn> {
        for _ in 0..TRIES {
            match self.once::<SignedIn>(Method::POST, path, Some(request)).await {
                Ok(signed_in) => {
                    self.take_tokens(&signed_in);
                    return Ok(signed_in);
                }
                Err(Failure::Wait(wait)) => sleep(wait).await,
                Err(failure) => anyhow::bail!("{path}: {failure:?}"),
            }
        }
        anyhow::bail!("{path} was put off for ever")
    }

    fn take_tokens(&self, signed_in: &SignedIn) {
        self.token.replace(signed_in.token.clone());
        self.refresh_token.replace(signed_in.refresh_token.clone());
    }

    /// One call, with fresh tokens if the old ones have run out.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Failure> {
        match self.once(method.clone(), path, body).await {
            Err(Failure::Refused(ErrorCode::Unauthenticated)) => {
                let request = json!({ "refresh_token": *self.refresh_token.borrow() });
                let signed_in: SignedIn = self.once(Method::POST, "/auth/refresh", Some(&request)).await?;
                self.take_tokens(&signed_in);
                self.once(method, path, body).await
            }
            outcome => outcome,
        }
    }

    /// Calls until it is known whether it was done: `Err` is a refusal.
    pub async fn persist<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ErrorCode> {
        let mut attempt = 0;
        loop {
            match self.call(method.clone(), path, body).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Refused(code)) => return Err(code),
                Err(Failure::Wait(wait)) => sleep(wait).await,
                Err(Failure::Unreachable) => sleep(wait_before(attempt)).await,
            }
            attempt += 1;
        }
    }

    async fn once<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>) -> Result<T, Failure> {
        let door = self.door().map_err(|_| Failure::Unreachable)?;
        let mut request = self.http.request(method.clone(), format!("http://{door}/api/v1{path}"));
        request = request.header("x-forwarded-for", &self.address).bearer_auth(self.token.borrow());
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = async {
            let response = request.send().await?;
            let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            let status = response.status();
            reqwest::Result::Ok((status, wait.map(Duration::from_secs), response.bytes().await?))
        };
        let Ok((status, wait, text)) = answer.await else {
            self.tally.unanswered();
            self.turn_elsewhere();
            return Err(Failure::Unreachable);
        };
        if status.is_success() {
            return serde_json::from_slice(&text).map_err(|error| {
                self.tally.unexpected(format!("{method} {path} answered what cannot be read: {error}"));
                Failure::Unreachable
            });
        }
        match (status, wait) {
            (StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS, Some(wait)) => {
                self.tally.put_off();
                Err(Failure::Wait(wait))
            }
            _ if status.is_client_error() => match serde_json::from_slice::<ApiError>(&text) {
                Ok(error) => Err(Failure::Refused(error.code)),
                Err(_) => Err(Failure::Unreachable),
            },
            _ => {
                self.tally.unexpected(format!("{method} {path} answered {status}, Retry-After {wait:?}"));
                Err(Failure::Unreachable)
            }
        }
    }
}

/// As the product's own client waits.
pub fn wait_before(attempt: u32) -> Duration {
    Duration::from_millis(backoff_ms(attempt, rand::random()).into())
}
