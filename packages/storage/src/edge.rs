//! Copies at the edge: a CDN keeps a public file for as long as it may, which is a year, whatever becomes of the bucket. So what was
//! deleted there has to be forgotten here too, by Cloudflare's API: `POST /zones/{zone}/purge_cache`.

use std::{fmt, time::Duration};

use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};
use serde::Deserialize;
use serde_json::json;

use crate::StorageError;

/// Addresses a request, as many as every plan takes.
const AT_ONCE: usize = 30;
const PATIENCE: Duration = Duration::from_secs(10);

/// A CDN that can be told to forget.
#[derive(Clone, PartialEq, Eq)]
pub struct EdgeConfig {
    /// Of Cloudflare's API, without a slash at the end.
    pub api: String,
    pub zone: String,
    /// May purge that zone's cache, and need not do anything else.
    pub token: String,
}

impl fmt::Debug for EdgeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgeConfig").field("api", &self.api).field("zone", &self.zone).finish_non_exhaustive()
    }
}

pub(crate) struct Edge {
    client: Client,
    config: EdgeConfig,
}

#[derive(Deserialize)]
struct Answer {
    success: bool,
}

impl Edge {
    pub(crate) fn new(config: EdgeConfig) -> Result<Self, StorageError> {
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        Ok(Self { client: client.map_err(StorageError::Edge)?, config })
    }

    /// Has all copies at these addresses forgotten. May be repeated.
    pub(crate) async fn forget(&self, addresses: &[String]) -> Result<(), StorageError> {
        for addresses in addresses.chunks(AT_ONCE) {
            self.purge(addresses).await?;
        }
        Ok(())
    }

    async fn purge(&self, files: &[String]) -> Result<(), StorageError> {
        let EdgeConfig { api, zone, token } = &self.config;
        let request = self
            .client
            .post(format!("{api}/zones/{zone}/purge_cache"))
            .bearer_auth(token)
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "files": files }).to_string());
        let unreached = |error: reqwest::Error| StorageError::Edge(error.without_url());
        let answer = request.send().await.map_err(unreached)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(unreached)?;
        let is_done = serde_json::from_slice(&body).is_ok_and(|answer: Answer| answer.success);
        if status.is_success() && is_done { Ok(()) } else { Err(StorageError::NotForgotten(status.as_u16())) }
    }
}
