//! Clients of the API, and what they are answered.

use std::{net::SocketAddr, ops::Deref};

use anyhow::{Context, Result, ensure};
use balloond_domain::Services;
use balloond_shared::{ApiError, ErrorCode, UserId};
use balloond_testing::{TestPerson, client};
use bytes::Bytes;
use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, ORIGIN, SET_COOKIE},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::app::WEB;

/// Sends requests; each client has an address of its own.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub server: SocketAddr,
    pub services: Services,
    pub headers: HeaderMap,
}

/// Somebody signed in by bearer token.
pub struct User {
    pub id: UserId,
    pub person: TestPerson,
    client: Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    pub fn new(http: reqwest::Client, server: SocketAddr, services: Services) -> Self {
        let address = client().address.to_string();
        Self { http, server, services, headers: HeaderMap::new() }.header("x-forwarded-for", &address)
    }

    /// The same client with another header.
    pub fn header(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        other
    }

    pub fn bearer(&self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// A browser at a page of the web, with these cookies.
    pub fn browser(&self, cookies: &str) -> Self {
        self.header(ORIGIN.as_str(), WEB).header(COOKIE.as_str(), cookies)
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.fetch(&format!("/api/v1{path}")).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.json(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.json(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.request(Method::DELETE, &format!("/api/v1{path}"), Bytes::new()).await
    }

    pub async fn delete_with(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.json(Method::DELETE, path, body).await
    }

    /// Posts nothing at all.
    pub async fn act(&self, path: &str) -> Result<Answer> {
        self.request(Method::POST, &format!("/api/v1{path}"), Bytes::new()).await
    }

    async fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Answer> {
        let client = self.header(CONTENT_TYPE.as_str(), "application/json");
        client.request(method, &format!("/api/v1{path}"), serde_json::to_vec(body)?).await
    }

    /// Gets a path as it is.
    pub async fn fetch(&self, path: &str) -> Result<Answer> {
        self.request(Method::GET, path, Bytes::new()).await
    }

    /// Sends anything to any path.
    pub async fn request(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Result<Answer> {
        let url = format!("http://{}{path}", self.server);
        Answer::read(self.http.request(method, url).headers(self.headers.clone()).body(body).send().await?).await
    }

    /// Gets what is somewhere else.
    pub async fn download(&self, url: &str) -> Result<Answer> {
        Answer::read(self.http.get(url).send().await?).await
    }
}

impl User {
    pub fn new(client: Client, person: TestPerson) -> Self {
        Self { id: person.id, client: client.bearer(&person.signed_in.token), person }
    }
}

impl Deref for User {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Answer {
    async fn read(response: reqwest::Response) -> Result<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        ensure!(!body.windows(7).any(|part| part == b"$argon2"), "a password's hash went out");
        Ok(Self { status, headers, body })
    }

    /// It has this status.
    pub fn is(self, status: u16) -> Result<Self> {
        ensure!(self.status == status, "{} instead of {status}: {}", self.status, self.text());
        Ok(self)
    }

    /// It is a problem as of RFC 9457, with this code and its status.
    pub fn refused(self, code: ErrorCode) -> Result<ApiError> {
        let answer = self.is(code.status())?;
        ensure!(answer.text_of(CONTENT_TYPE.as_str()) == "application/problem+json", "{:?}", answer.headers);
        let problem: ApiError = answer.json()?;
        ensure!(problem.code == code && problem.status == code.status(), "{problem:?}");
        ensure!(problem.title == code.sentence() && problem.kind == "about:blank", "{problem:?}");
        Ok(problem)
    }

    /// It is a 422, and names these fields.
    pub fn invalid(self) -> Result<Vec<String>> {
        let problem = self.refused(ErrorCode::Invalid)?;
        Ok(problem.errors.0.into_iter().map(|error| format!("{}: {}", error.field, error.code)).collect())
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).with_context(|| self.text())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as a text; empty when it is not there.
    pub fn text_of(&self, header: &str) -> &str {
        self.headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookies that it sets, each as `name=value; attributes`.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()).collect()
    }
}
