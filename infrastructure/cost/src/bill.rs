//! What that costs on a price list: free allowances, units that are begun, machines that are whole.

use serde::Deserialize;

use crate::demand::{Demand, Quantity};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day, as `2026-01-31`.
    pub date: String,
    pub note: String,
    /// What it should cost less than.
    pub aims: Vec<Aim>,
    pub layouts: Vec<Layout>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    pub people: u32,
    /// A month.
    pub dollars: f64,
}

/// Everything that is rented.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    pub name: String,
    pub parts: Vec<Part>,
}

/// One of the things that are needed, and what may be rented for it: the cheapest that is enough is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    pub plans: Vec<Plan>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub name: String,
    /// Where it says so.
    pub page: String,
    /// Dollars a month.
    #[serde(default)]
    pub base: f64,
    #[serde(default)]
    pub meters: Vec<Meter>,
    /// What runs on machines.
    pub machine: Option<Machine>,
}

/// What is counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    pub of: Quantity,
    /// Paid with the base; of a machine's plan, with each machine.
    #[serde(default)]
    pub included: f64,
    /// Begun units are paid whole; nothing where it is paid exactly.
    pub unit: Option<f64>,
    /// Dollars for one unit, or for one. Without a price there is no more than what is included.
    pub price: Option<f64>,
}

/// One of as many as it takes, each for the plan's base.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    pub runs: Runs,
    /// That can be used all the time.
    pub cores: f64,
    /// GiB.
    pub memory: f64,
    /// GB. None, where a disk is paid by the gigabyte.
    #[serde(default)]
    pub disk: f64,
    /// As many at least.
    #[serde(default = "one")]
    pub least: f64,
    /// As many at most: all of a database is on one.
    pub most: Option<f64>,
}

fn one() -> f64 {
    1.0
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Runs {
    /// Web, api, and worker.
    Servers,
    /// Postgres.
    Data,
    /// Web, api, worker, Postgres and Redis.
    Everything,
}

/// A part as it is paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub part: String,
    pub plan: String,
    /// Zero where it does not run on machines.
    pub machines: f64,
    pub dollars: f64,
}

/// What a layout comes to, or in words why it is not enough.
pub type Bill = Result<Vec<Line>, String>;

impl Layout {
    pub fn bill(&self, demand: &Demand) -> Bill {
        self.parts.iter().map(|part| part.cheapest(demand)).collect()
    }
}

impl Part {
    fn cheapest(&self, demand: &Demand) -> Result<Line, String> {
        let mut cheapest: Option<Line> = None;
        let mut missing = Vec::new();
        for plan in &self.plans {
            match plan.cost(demand) {
                Ok((machines, dollars)) if cheapest.as_ref().is_none_or(|line| dollars < line.dollars) => {
                    cheapest = Some(Line { part: self.name.clone(), plan: plan.name.clone(), machines, dollars });
                }
                Ok(_) => {}
                Err(why) => missing.push(format!("{} has {why}", plan.name)),
            }
        }
        cheapest.ok_or_else(|| format!("{}: {}", self.name, missing.join("; ")))
    }
}

impl Plan {
    /// Machines, and dollars a month.
    fn cost(&self, demand: &Demand) -> Result<(f64, f64), String> {
        let machines = self.machine.as_ref().map(|machine| machine.count(demand)).transpose()?;
        let count = machines.unwrap_or(1.0);
        let mut dollars = self.base * count;
        for meter in &self.meters {
            dollars += meter.cost(demand.quantity(meter.of), count)?;
        }
        Ok((machines.unwrap_or_default(), dollars))
    }
}

impl Meter {
    fn cost(&self, quantity: f64, machines: f64) -> Result<f64, String> {
        let included = self.included * machines;
        let more = (quantity - included).max(0.0);
        match (self.price, self.unit) {
            _ if more <= 0.0 => Ok(0.0),
            (None, _) => Err(format!("{included:.1} of {quantity:.1} {}", self.of.name())),
            (Some(price), Some(unit)) => Ok((more / unit).ceil() * price),
            (Some(price), None) => Ok(more * price),
        }
    }
}

impl Machine {
    fn count(&self, demand: &Demand) -> Result<f64, String> {
        let peak = &demand.peak;
        // Where no disk is named, it is paid by the gigabyte.
        let database = if self.disk > 0.0 { peak.disk } else { 0.0 };
        let (cores, memory, disk) = match self.runs {
            Runs::Servers => (peak.server_cores, peak.server_memory, 0.0),
            Runs::Data => (peak.data_cores, peak.data_memory, database),
            Runs::Everything => (peak.server_cores + peak.data_cores, peak.server_memory + peak.data_memory, database),
        };
        let needs =
            [(cores, self.cores, "cores"), (memory, self.memory, "GiB of memory"), (disk, self.disk, "GB of disk")];
        let count = needs
            .iter()
            .filter(|(need, ..)| *need > 0.0)
            .map(|(need, each, _)| (need / each).ceil())
            .fold(self.least, f64::max);
        match self.most {
            Some(most) if count > most => {
                let short = needs.iter().find(|(need, each, _)| *need > each * most);
                Err(short
                    .map_or_else(String::new, |(need, each, what)| format!("{:.1} of {need:.1} {what}", each * most)))
            }
            _ => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measured::Measured, mix::Mix};

    fn meter(included: f64, unit: Option<f64>, price: Option<f64>) -> Meter {
        Meter { of: Quantity::Requests, included, unit, price }
    }

    fn machine(most: Option<f64>) -> Machine {
        Machine { runs: Runs::Everything, cores: 2.0, memory: 4.0, disk: 40.0, least: 1.0, most }
    }

    /// So many requests, cores and gigabytes, by a mix that has one of each.
    fn demand(requests: f64, server_ms: f64, kept_bytes: f64) -> Demand {
        let measured: Measured = serde_json::from_value(serde_json::json!({
            "date": "", "machine": "",
            "actions": { "act": { "requests": requests, "server_ms": server_ms, "kept_bytes": kept_bytes } },
            "socket_minute": {}, "api_minute": {}, "worker_minute": {}, "idle_minute": {},
            "memory": { "web": 0, "api": 0, "worker": 0, "socket": 0 },
        }))
        .unwrap();
        let one = serde_json::json!({ "value": 1, "because": "" });
        let names =
            ["minutes", "peak", "busy", "months_kept", "compressed", "photo_fetches", "edge", "mails", "processes"];
        let mut mix: serde_json::Map<String, serde_json::Value> =
            names.iter().map(|name| ((*name).to_owned(), one.clone())).collect();
        mix.insert("disk".to_owned(), serde_json::json!({ "value": 2, "because": "" }));
        mix.insert("hot".to_owned(), serde_json::json!({ "value": 0, "because": "" }));
        mix.insert("actions".to_owned(), serde_json::json!({ "act": { "times": 1, "because": "" } }));
        let mix: Mix = serde_json::from_value(mix.into()).unwrap();
        Demand::of(&measured, &mix, 1.0).unwrap()
    }

    #[test]
    fn what_is_included_costs_nothing_and_what_is_more_its_price() {
        let meter = meter(500.0, None, Some(0.5));
        assert_eq!(meter.cost(499.0, 1.0), Ok(0.0));
        assert_eq!(meter.cost(500.0, 1.0), Ok(0.0));
        assert_eq!(meter.cost(510.0, 1.0), Ok(5.0));
        assert_eq!(meter.cost(1010.0, 2.0), Ok(5.0), "each machine brings its own");
    }

    #[test]
    fn a_unit_that_is_begun_is_paid_whole() {
        let meter = meter(0.0, Some(100.0), Some(0.2));
        assert_eq!(meter.cost(0.0, 1.0), Ok(0.0));
        assert_eq!(meter.cost(1.0, 1.0), Ok(0.2));
        assert_eq!(meter.cost(101.0, 1.0), Ok(0.4));
    }

    #[test]
    fn without_a_price_there_is_no_more_than_what_is_included() {
        let meter = meter(10.0, None, None);
        assert_eq!(meter.cost(10.0, 1.0), Ok(0.0));
        assert_eq!(meter.cost(12.0, 1.0), Err("10.0 of 12.0 requests".to_owned()));
    }

    #[test]
    fn machines_are_whole() {
        let month = 730.0 * 3_600_000.0;
        assert_eq!(machine(None).count(&demand(0.0, month * 0.1, 0.0)), Ok(1.0));
        assert_eq!(machine(None).count(&demand(0.0, month * 2.1, 0.0)), Ok(2.0));
        let small = demand(0.0, 0.0, 20e9);
        assert_eq!(machine(Some(1.0)).count(&small), Ok(1.0), "twice 20 GB are 40");
        let large = demand(0.0, 0.0, 21e9);
        assert_eq!(machine(Some(1.0)).count(&large), Err("40.0 of 42.0 GB of disk".to_owned()));
    }

    #[test]
    fn the_cheapest_plan_that_is_enough_is_taken() {
        let plan = |name: &str, base, meter| Plan {
            name: name.to_owned(),
            page: String::new(),
            base,
            meters: vec![meter],
            machine: None,
        };
        let part = Part {
            name: "Redis".to_owned(),
            plans: vec![
                plan("free", 0.0, meter(100.0, None, None)),
                plan("by the command", 0.0, meter(0.0, None, Some(0.1))),
                plan("fixed", 20.0, meter(1e9, None, None)),
            ],
        };
        let taken = |requests| part.cheapest(&demand(requests, 0.0, 0.0)).map(|line| (line.plan, line.dollars));
        assert_eq!(taken(100.0), Ok(("free".to_owned(), 0.0)));
        assert_eq!(taken(150.0), Ok(("by the command".to_owned(), 15.0)));
        assert_eq!(taken(1000.0), Ok(("fixed".to_owned(), 20.0)));
        let free = Part { plans: part.plans.iter().take(1).cloned().collect(), ..part.clone() };
        assert_eq!(free.cheapest(&demand(150.0, 0.0, 0.0)), Err("Redis: free has 100.0 of 150.0 requests".to_owned()));
    }

    #[test]
    fn a_price_list_with_a_hole_says_where() {
        let read = |text: &str| serde_json::from_str::<Prices>(text).map(drop).unwrap_err().to_string();
        assert!(read(r#"{"note": "", "layouts": []}"#).contains("missing field `date`"));
        let plan = r#"{"date": "", "note": "", "aims": [], "layouts": [{"name": "", "parts": [{"name": "", "plans": [{"name": "free"}]}]}]}"#;
        assert!(read(plan).contains("missing field `page`"));
        let unknown = plan.replace(r#""name": "free""#, r#""name": "free", "page": "", "meters": [{"of": "laughs"}]"#);
        assert!(read(&unknown).contains("unknown variant `laughs`"), "{}", read(&unknown));
    }
}
