//! Where processes come and go as they are needed: how soon a started one answers, what one takes that does nothing, and whether
//! one that is told to end amid a load leaves anything undone.

mod end;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    crowd::{Crowd, Person},
    http::{Connection, Headers},
    report::{Report, millis, percentile},
    server::{Server, Servers},
};

/// So often each is started.
const STARTS: usize = 10;
/// What is done once after the first answer is over by then.
const SETTLE: Duration = Duration::from_secs(3);

pub async fn measure(servers: &mut Servers, crowd: &Crowd, report: &mut Report) -> Result<()> {
    let viewer = crowd.sign_in_viewer(servers).await?;
    for kind in [Kind::Web, Kind::Api] {
        measure_starts(kind, servers, &viewer, report).await?;
    }
    end::measure(servers, crowd, &viewer, report).await
}

/// Which program.
#[derive(Clone, Copy)]
enum Kind {
    Web,
    Api,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
        }
    }

    /// What is asked of it: an answer that needs the database.
    fn question(self, person: &Person) -> (&'static str, Headers) {
        match self {
            Self::Web => ("/people", Headers::cookie(&person.token)),
            Self::Api => ("/api/v1/people", Headers::bearer(&person.token)),
        }
    }

    async fn start(self, servers: &Servers) -> Result<Server> {
        match self {
            Self::Web => servers.start_another_web().await,
            Self::Api => servers.start_another_api().await,
        }
    }
}

async fn measure_starts(kind: Kind, servers: &Servers, person: &Person, report: &mut Report) -> Result<()> {
    let (name, (path, headers)) = (kind.name(), kind.question(person));
    eprintln!("starting {name} {STARTS} times");
    let (mut times, mut idle) = (Vec::new(), 0);
    for turn in 1..=STARTS {
        let begin = Instant::now();
        let server = kind.start(servers).await?;
        Connection::open(&server.address).await?.get(path, &headers).await?;
        times.push(begin.elapsed());
        if turn == STARTS {
            tokio::time::sleep(SETTLE).await;
            idle = server.memory()?;
        }
    }
    times.sort_unstable();
    let [median, worst] = [50.0, 100.0].map(|percent| millis(percentile(&times, percent)));
    report.line(
        &format!("{name}, from its start to the first {path}"),
        format!("median {median:.0} ms, worst of {STARTS} {worst:.0} ms"),
        "150 ms",
    );
    report.line(&format!("{name}, memory when idle"), format!("{:.1} MiB", idle as f64 / 1024.0), "40 MiB");
    Ok(())
}
