//! How often people act: assumptions, each with its reason.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// By the action's name, a month, of somebody who comes at least once in it.
    pub actions: BTreeMap<String, Often>,
    /// Minutes a month with a page open.
    pub minutes: Assumed,
    /// The busiest hour against the mean.
    pub peak: Assumed,
    /// Share of a core that is used in the busiest hour: above it people wait.
    pub busy: Assumed,
    /// Months of messages and photos that are there.
    pub months_kept: Assumed,
    /// Share of what is kept in the database that Postgres should have in memory.
    pub hot: Assumed,
    /// Disk for the database, against what is kept in it.
    pub disk: Assumed,
    /// What an answer's size is after compression, against before.
    pub compressed: Assumed,
    /// Fetches of photos a month that no browser had.
    pub photo_fetches: Assumed,
    /// Share of those that the edge has.
    pub edge: Assumed,
    /// Mails a month.
    pub mails: Assumed,
    /// Processes of web, and of api, at least: one is there while the other is replaced.
    pub processes: Assumed,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Often {
    pub times: f64,
    pub because: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    pub value: f64,
    pub because: String,
}
