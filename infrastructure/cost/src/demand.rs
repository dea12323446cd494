//! What so many people need in a month, and in its busiest hour.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    measured::{Measured, Use},
    mix::Mix,
};

const HOURS_A_MONTH: f64 = 730.0;
const MINUTES_A_MONTH: f64 = HOURS_A_MONTH * 60.0;
const GB: f64 = 1e9;
const MIB_A_GIB: f64 = 1024.0;
/// Postgres and Redis themselves, and a system under them, in GiB.
const BASE_MEMORY: f64 = 0.5;
/// A process of web or api under load, against one that idles.
const UNDER_LOAD: f64 = 2.0;

/// What prices are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Requests to web and api.
    Requests,
    /// Seconds that processes of web and api are there: all the time, as somebody is always connected where so many are.
    ServerSeconds,
    /// What goes from web and api to people, compressed.
    EgressGb,
    /// In the database, after the months that are kept.
    DatabaseGb,
    /// From the database to the servers.
    DatabaseEgressGb,
    /// A core and 4 GiB for Postgres, for an hour; a quarter at least, for the whole month.
    DatabaseUnitHours,
    RedisCommands,
    RedisEgressGb,
    ObjectGb,
    ObjectWrites,
    ObjectReads,
    Mails,
}

impl Quantity {
    /// As it is told, after a number.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::ServerSeconds => "seconds of a server",
            Self::EgressGb => "GB to people",
            Self::DatabaseGb => "GB in the database",
            Self::DatabaseEgressGb => "GB from the database",
            Self::DatabaseUnitHours => "unit hours of the database",
            Self::RedisCommands => "Redis commands",
            Self::RedisEgressGb => "GB from Redis",
            Self::ObjectGb => "GB of photos",
            Self::ObjectWrites => "files of photos written",
            Self::ObjectReads => "files of photos read past the edge",
            Self::Mails => "mails",
        }
    }
}

/// What has to be there at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Peak {
    /// Cores, with room to spare.
    pub server_cores: f64,
    pub data_cores: f64,
    /// GiB.
    pub server_memory: f64,
    pub data_memory: f64,
    /// GB.
    pub disk: f64,
    pub sockets: f64,
    pub requests_a_second: f64,
    pub statements_a_second: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    pub people: f64,
    /// In a month.
    pub month: Use,
    pub peak: Peak,
    server_seconds: f64,
    egress: f64,
    database: f64,
    database_units: f64,
    objects: f64,
    object_reads: f64,
    mails: f64,
}

impl Demand {
    /// Of so many people a month.
    ///
    /// # Errors
    ///
    /// The mix names an action that was not measured.
    pub fn of(measured: &Measured, mix: &Mix, people: f64) -> Result<Self> {
        let mut acts = Use::default();
        for (name, often) in &mix.actions {
            let one = measured.actions.get(name).with_context(|| format!("the action {name} was not measured"))?;
            acts += one.times(often.times * people);
        }
        acts += measured.socket_minute.times(mix.minutes.value * people);
        let peak_minute = |month: f64| month / MINUTES_A_MONTH * mix.peak.value;
        let sockets = peak_minute(mix.minutes.value * people);

        // What is there whether somebody acts or not: somebody is always connected where so many are.
        let processes = mix.processes.value;
        let mut month = acts;
        month += measured.api_minute.times(MINUTES_A_MONTH * processes * 2.0);
        month += measured.worker_minute.times(MINUTES_A_MONTH);

        let cores = |ms: f64| peak_minute(ms) / 60_000.0 / mix.busy.value;
        let database = acts.kept_bytes * mix.months_kept.value / GB;
        let memory = measured.memory;
        let own = (memory.web + memory.api) * processes * UNDER_LOAD + memory.worker;
        let server_memory = own / MIB_A_GIB + sockets * memory.socket / MIB_A_GIB / MIB_A_GIB;
        let data_memory = BASE_MEMORY + database * mix.hot.value;
        let mean_data_cores = month.postgres_ms / 60_000.0 / MINUTES_A_MONTH / mix.busy.value;
        Ok(Self {
            people,
            month,
            peak: Peak {
                server_cores: cores(month.server_ms),
                data_cores: cores(month.postgres_ms + month.redis_ms),
                server_memory,
                data_memory,
                disk: database * mix.disk.value,
                sockets,
                requests_a_second: peak_minute(month.requests) / 60.0,
                statements_a_second: peak_minute(month.statements) / 60.0,
            },
            server_seconds: MINUTES_A_MONTH * 60.0 * processes * 2.0,
            egress: (month.egress_bytes * mix.compressed.value + month.packed_bytes) / GB,
            database,
            database_units: HOURS_A_MONTH * quarters(mean_data_cores.max(data_memory / 4.0)),
            objects: acts.object_bytes * mix.months_kept.value / GB,
            object_reads: people * mix.photo_fetches.value * (1.0 - mix.edge.value),
            mails: people * mix.mails.value,
        })
    }

    /// In a month.
    #[must_use]
    pub fn quantity(&self, quantity: Quantity) -> f64 {
        match quantity {
            Quantity::Requests => self.month.requests,
            Quantity::ServerSeconds => self.server_seconds,
            Quantity::EgressGb => self.egress,
            Quantity::DatabaseGb => self.database,
            Quantity::DatabaseEgressGb => self.month.postgres_bytes / GB,
            Quantity::DatabaseUnitHours => self.database_units,
            Quantity::RedisCommands => self.month.redis_commands,
            Quantity::RedisEgressGb => self.month.redis_bytes / GB,
            Quantity::ObjectGb => self.objects,
            Quantity::ObjectWrites => self.month.objects,
            Quantity::ObjectReads => self.object_reads,
            Quantity::Mails => self.mails,
        }
    }
}

/// Rounded up to quarters, one at least.
fn quarters(cores: f64) -> f64 {
    (cores * 4.0).ceil().max(1.0) / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::{Assumed, Often};

    fn assumed(value: f64) -> Assumed {
        Assumed { value, because: String::new() }
    }

    fn mix() -> Mix {
        Mix {
            actions: [("send".to_owned(), Often { times: 10.0, because: String::new() })].into(),
            minutes: assumed(73.0),
            peak: assumed(4.0),
            busy: assumed(0.5),
            months_kept: assumed(12.0),
            hot: assumed(0.25),
            disk: assumed(2.0),
            compressed: assumed(0.5),
            photo_fetches: assumed(20.0),
            edge: assumed(0.75),
            mails: assumed(0.5),
            processes: assumed(1.0),
        }
    }

    fn measured() -> Measured {
        let send = Use {
            server_ms: 3.0,
            postgres_ms: 1.0,
            requests: 1.0,
            statements: 2.0,
            redis_commands: 2.0,
            egress_bytes: 1000.0,
            packed_bytes: 100.0,
            kept_bytes: 500.0,
            ..Use::default()
        };
        Measured {
            actions: [("send".to_owned(), send)].into(),
            api_minute: Use { redis_commands: 120.0, ..Use::default() },
            ..Measured::default()
        }
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() <= right.abs() * 1e-9
    }

    #[test]
    fn a_month_is_all_that_people_do_and_what_processes_do_besides() {
        let demand = Demand::of(&measured(), &mix(), 1_000_000.0).unwrap();
        assert!(near(demand.quantity(Quantity::Requests), 1e7));
        assert!(near(demand.quantity(Quantity::EgressGb), 6.0), "half of 10 GB, and 1 GB as it is");
        assert!(near(demand.quantity(Quantity::DatabaseGb), 60.0), "5 GB in each of twelve months");
        assert!(near(demand.quantity(Quantity::RedisCommands), 2e7 + 120.0 * 43_800.0 * 2.0));
        assert!(near(demand.quantity(Quantity::ObjectReads), 5e6));
        assert!(near(demand.quantity(Quantity::Mails), 5e5));
    }

    #[test]
    fn the_busiest_hour_has_its_share_and_room_to_spare() {
        let peak = Demand::of(&measured(), &mix(), 1_000_000.0).unwrap().peak;
        // 30,000 seconds of CPU in a month of 2,628,000, four times as dense, half used.
        assert!(near(peak.server_cores, 3e4 / 2_628_000.0 * 4.0 / 0.5));
        assert!(near(peak.requests_a_second, 1e7 / 2_628_000.0 * 4.0));
        assert!(near(peak.sockets, 73e6 / 43_800.0 * 4.0));
        assert!(near(peak.data_memory, BASE_MEMORY + 15.0));
        assert!(near(peak.disk, 120.0));
    }

    #[test]
    fn a_database_is_paid_by_quarters_of_a_unit() {
        assert!(near(quarters(0.01), 0.25));
        assert!(near(quarters(0.25), 0.25));
        assert!(near(quarters(0.26), 0.5));
    }

    #[test]
    fn an_action_that_was_not_measured_is_named() {
        let mut mix = mix();
        mix.actions.insert("dance".to_owned(), Often { times: 1.0, because: String::new() });
        let error = Demand::of(&measured(), &mix, 1.0).unwrap_err();
        assert!(error.to_string().contains("dance"), "{error}");
    }
}
