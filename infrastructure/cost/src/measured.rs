//! What `just bench cost` found.

use std::{collections::BTreeMap, ops::AddAssign};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The day, as `2026-01-31`.
    pub date: String,
    /// Of which build, on what machine.
    pub machine: String,
    /// One of each action, by its name.
    pub actions: BTreeMap<String, Use>,
    /// A minute of one socket that hears one chat where nothing happens.
    pub socket_minute: Use,
    /// A minute of an api process to which people are connected, without what the sockets cost.
    pub api_minute: Use,
    /// A minute of a worker that has nothing to do.
    pub worker_minute: Use,
    /// A minute of web and api together to which nobody is connected.
    pub idle_minute: Use,
    pub memory: Memory,
}

/// What something takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Use {
    /// Milliseconds of CPU of web and api.
    pub server_ms: f64,
    /// Of all of Postgres' processes.
    pub postgres_ms: f64,
    pub redis_ms: f64,
    /// Requests to web and api.
    pub requests: f64,
    /// Executed by Postgres.
    pub statements: f64,
    /// Bytes from Postgres to the servers.
    pub postgres_bytes: f64,
    /// As they are sent to Redis, which is how they are paid for: what a script runs is not counted.
    pub redis_commands: f64,
    pub redis_bytes: f64,
    /// Bytes from web and api to people that a proxy compresses, before it does.
    pub egress_bytes: f64,
    /// Those that it leaves as they are: files that are compressed, and frames.
    pub packed_bytes: f64,
    /// What stays in the database, with its indexes.
    pub kept_bytes: f64,
    /// Files that stay in the object store.
    pub objects: f64,
    pub object_bytes: f64,
}

/// Resident, in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    pub web: f64,
    pub api: f64,
    pub worker: f64,
    /// KiB.
    pub socket: f64,
}

impl Use {
    /// So often.
    #[must_use]
    pub fn times(self, count: f64) -> Self {
        Self {
            server_ms: self.server_ms * count,
            postgres_ms: self.postgres_ms * count,
            redis_ms: self.redis_ms * count,
            requests: self.requests * count,
            statements: self.statements * count,
            postgres_bytes: self.postgres_bytes * count,
            redis_commands: self.redis_commands * count,
            redis_bytes: self.redis_bytes * count,
            egress_bytes: self.egress_bytes * count,
            packed_bytes: self.packed_bytes * count,
            kept_bytes: self.kept_bytes * count,
            objects: self.objects * count,
            object_bytes: self.object_bytes * count,
        }
    }
}

impl AddAssign for Use {
    fn add_assign(&mut self, other: Self) {
        self.server_ms += other.server_ms;
        self.postgres_ms += other.postgres_ms;
        self.redis_ms += other.redis_ms;
        self.requests += other.requests;
        self.statements += other.statements;
        self.postgres_bytes += other.postgres_bytes;
        self.redis_commands += other.redis_commands;
        self.redis_bytes += other.redis_bytes;
        self.egress_bytes += other.egress_bytes;
        self.packed_bytes += other.packed_bytes;
        self.kept_bytes += other.kept_bytes;
        self.objects += other.objects;
        self.object_bytes += other.object_bytes;
    }
}
