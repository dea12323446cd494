//! `just cost`: what was measured, how often people act, what so many of them need, and what that costs.

use std::path::{Path, PathBuf};

use anyhow::Result;
use balloond_cost::{
    FOLDER,
    bill::{Bill, Line, Prices},
    demand::{Demand, Quantity},
    measured::{Measured, Use},
    mix::Mix,
    read,
};
use clap::Parser;

#[derive(Debug, Parser)]
#[command(about = "Says what Balloon'd costs")]
struct Arguments {
    /// People who come at least once a month
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    people: Vec<u32>,
    /// What was measured, by `just bench cost`
    #[arg(long, default_value_os_t = file("measured.json"))]
    measured: PathBuf,
    /// How often people act
    #[arg(long, default_value_os_t = file("mix.json"))]
    mix: PathBuf,
    /// Price lists
    #[arg(long, default_value_os_t = file("prices.json"))]
    prices: PathBuf,
}

fn file(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

fn main() -> Result<()> {
    let Arguments { people, measured, mix, prices } = Arguments::parse();
    let measured: Measured = read(&measured)?;
    let mix: Mix = read(&mix)?;
    let prices: Prices = read(&prices)?;
    let demands =
        people.iter().map(|&people| Demand::of(&measured, &mix, people.into())).collect::<Result<Vec<_>>>()?;
    print_measured(&measured, &mix);
    print_assumptions(&mix);
    print_demands(&demands);
    print_bills(&prices, &demands);
    Ok(())
}

fn print_measured(measured: &Measured, mix: &Mix) {
    println!("Measured on {}: {}\n", measured.date, measured.machine);
    let mut rows = vec![
        [
            "one",
            "a month",
            "servers' CPU",
            "Postgres'",
            "statements",
            "Redis commands",
            "bytes out",
            "bytes kept",
            "objects",
        ]
        .map(str::to_owned),
    ];
    let row = |name: &str, often: String, it: &Use| {
        [
            name.to_owned(),
            often,
            format!("{:.2} ms", it.server_ms),
            format!("{:.2} ms", it.postgres_ms),
            format!("{:.1}", it.statements),
            format!("{:.1}", it.redis_commands),
            format!("{:.0}", it.egress_bytes + it.packed_bytes),
            format!("{:.0}", it.kept_bytes),
            if it.objects > 0.0 {
                format!("{:.0}, {:.0} KB", it.objects, it.object_bytes / 1e3)
            } else {
                String::new()
            },
        ]
    };
    for (name, it) in &measured.actions {
        let often = mix.actions.get(name).map_or_else(String::new, |often| often.times.to_string());
        rows.push(row(&name.replace('_', " "), often, it));
    }
    for (name, it) in [
        ("a minute of an open socket", &measured.socket_minute),
        ("a minute of an api with people", &measured.api_minute),
        ("a minute of a worker without work", &measured.worker_minute),
        ("a minute of web and api without people", &measured.idle_minute),
    ] {
        rows.push(row(name, String::new(), it));
    }
    print_table(&rows);
    let memory = measured.memory;
    println!(
        "\nResident: web {:.0}, api {:.0}, worker {:.0} MiB; {:.1} KiB a socket.\n",
        memory.web, memory.api, memory.worker, memory.socket
    );
}

fn print_assumptions(mix: &Mix) {
    println!("Assumed of somebody who comes at least once a month (mix.json)\n");
    let mut rows = vec![["", "", "because"].map(str::to_owned)];
    for (name, often) in &mix.actions {
        rows.push([name.replace('_', " "), often.times.to_string(), often.because.clone()]);
    }
    for (name, it) in [
        ("minutes with a page open", &mix.minutes),
        ("the busiest hour against the mean", &mix.peak),
        ("share of a core that is used then", &mix.busy),
        ("months that are kept", &mix.months_kept),
        ("share of the database in memory", &mix.hot),
        ("bytes out, compressed", &mix.compressed),
        ("photos fetched", &mix.photo_fetches),
        ("of which by the edge", &mix.edge),
        ("mails", &mix.mails),
        ("processes of web and of api, each", &mix.processes),
    ] {
        rows.push([name.to_owned(), it.value.to_string(), it.because.clone()]);
    }
    print_table(&rows);
    println!();
}

fn print_demands(demands: &[Demand]) {
    println!("What that needs\n");
    let mut rows = vec![vec!["people a month".to_owned()]];
    if let Some(head) = rows.first_mut() {
        head.extend(demands.iter().map(|demand| whole(demand.people)));
    }
    let mut add = |name: &str, tell: &dyn Fn(&Demand) -> String| {
        let mut row = vec![name.to_owned()];
        row.extend(demands.iter().map(tell));
        rows.push(row);
    };
    add("in the busiest hour", &|_| String::new());
    add("  requests a second", &|it| format!("{:.1}", it.peak.requests_a_second));
    add("  statements a second", &|it| format!("{:.1}", it.peak.statements_a_second));
    add("  open sockets", &|it| whole(it.peak.sockets));
    add("  cores: servers; Postgres and Redis", &|it| {
        format!("{:.3}; {:.3}", it.peak.server_cores, it.peak.data_cores)
    });
    add("  GiB: servers; Postgres and Redis", &|it| {
        format!("{:.2}; {:.2}", it.peak.server_memory, it.peak.data_memory)
    });
    add("  GB of disk", &|it| whole(it.peak.disk));
    add("in a month", &|_| String::new());
    for quantity in [
        Quantity::Requests,
        Quantity::EgressGb,
        Quantity::DatabaseGb,
        Quantity::DatabaseEgressGb,
        Quantity::DatabaseUnitHours,
        Quantity::RedisCommands,
        Quantity::RedisEgressGb,
        Quantity::ObjectGb,
        Quantity::ObjectWrites,
        Quantity::ObjectReads,
        Quantity::Mails,
    ] {
        add(&format!("  {}", quantity.name()), &|it| {
            let value = it.quantity(quantity);
            if value < 100.0 { format!("{value:.2}") } else { whole(value) }
        });
    }
    print_table(&rows);
    println!();
}

fn print_bills(prices: &Prices, demands: &[Demand]) {
    println!("What it costs, in dollars a month (prices.json of {}). {}\n", prices.date, prices.note);
    for layout in &prices.layouts {
        println!("{}", layout.name);
        for demand in demands {
            println!("  {:>9} people  {}", whole(demand.people), tell(&layout.bill(demand)));
        }
        println!();
    }
    let mut rows = vec![["people a month", "cheapest", "to be below", "by"].map(str::to_owned)];
    for demand in demands {
        let bills = prices.layouts.iter().filter_map(|layout| Some((total(&layout.bill(demand).ok()?), &layout.name)));
        let cheapest = bills.min_by(|(one, _), (other, _)| one.total_cmp(other));
        let aim = prices.aims.iter().find(|aim| f64::from(aim.people) == demand.people);
        rows.push([
            whole(demand.people),
            cheapest.map_or_else(|| "none is enough".to_owned(), |(dollars, _)| format!("${dollars:.2}")),
            aim.map_or_else(String::new, |aim| format!("${:.0}", aim.dollars)),
            cheapest.map_or_else(String::new, |(_, name)| name.clone()),
        ]);
    }
    print_table(&rows);
}

fn total(lines: &[Line]) -> f64 {
    lines.iter().map(|line| line.dollars).sum()
}

fn tell(bill: &Bill) -> String {
    let lines = match bill {
        Ok(lines) => lines,
        Err(why) => return format!("not enough: {why}"),
    };
    let total = total(lines);
    let each = |line: &Line| {
        let count = if line.machines > 1.0 { format!("{} × ", line.machines) } else { String::new() };
        format!("{} {:.2} ({count}{})", line.part, line.dollars, line.plan)
    };
    format!("${total:.2}: {}", lines.iter().map(each).collect::<Vec<_>>().join(", "))
}

/// With commas between the thousands.
fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

fn print_table<Row: AsRef<[String]>>(rows: &[Row]) {
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.as_ref().get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> =
            row.as_ref().iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        println!("| {} |", cells.join(" | "));
        if number == 0 {
            println!("| {} |", widths.iter().map(|&width| "-".repeat(width)).collect::<Vec<_>>().join(" | "));
        }
    }
}
