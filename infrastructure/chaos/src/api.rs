//! One client's way to the api: any of the processes will do, and what was not answered is tried again elsewhere.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use anyhow::{Context, Result};
use balloond_client::{
    Client, Error,
    reqwest::{
        self, Method,
        header::{HeaderMap, HeaderName},
    },
};
use balloond_shared::{ErrorCode, auth::SignedIn, backoff::backoff_ms};
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
    tally: Rc<Tally>,
}

impl Api {
    pub fn new(doors: Rc<[SocketAddr]>, number: usize, tally: Rc<Tally>) -> Result<Self> {
        let id = uuid::Uuid::now_v7().into_bytes();
        // As if from an address of its own: limits by address are not what is examined.
        let address = format!("10.{}.{}.{}", id[13], id[14], id[15]).parse()?;
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), address)]);
        let http = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).default_headers(headers).build()?;
        let tokens = RefCell::<String>::default;
        Ok(Self { http, doors, door: Cell::new(number), token: tokens(), refresh_token: tokens(), tally })
    }

    /// A client of the process that it turns to now.
    pub fn client(&self) -> Result<Client> {
        let door = self.doors.get(self.door.get() % self.doors.len().max(1)).context("there is no api process")?;
        Ok(Client::over(&format!("http://{door}"), self.http.clone())?.with_token(&self.token.borrow()))
    }

    /// As a load balancer does that sees a connection fail.
    pub fn turn_elsewhere(&self) {
        self.door.set(self.door.get().wrapping_add(1));
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
        let client = self.client().map_err(|_| Failure::Unreachable)?;
        match client.call(method.clone(), path, body).await {
            Ok(answer) => Ok(answer),
            Err(Error::Unreachable(_)) => {
                self.tally.unanswered();
                self.turn_elsewhere();
                Err(Failure::Unreachable)
            }
            Err(Error::Refused(refusal)) => match (refusal.status, refusal.retry_after) {
                (429 | 503, Some(wait)) => {
                    self.tally.put_off();
                    Err(Failure::Wait(Duration::from_secs(wait)))
                }
                (400..500, _) => Err(Failure::Refused(refusal.code)),
                (status, wait) => {
                    self.tally.unexpected(format!("{method} {path} answered {status}, to be repeated after {wait:?}"));
                    Err(Failure::Unreachable)
                }
            },
            Err(error) => {
                self.tally.unexpected(format!("{method} {path}: {error}"));
                Err(Failure::Unreachable)
            }
        }
    }
}

/// As the product's own client waits.
pub fn wait_before(attempt: u32) -> Duration {
    Duration::from_millis(backoff_ms(attempt, rand::random()).into())
}
