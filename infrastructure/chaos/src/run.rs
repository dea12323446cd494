//! One seed: people come, faults strike in an order of the seed's, all goes quiet, and is judged.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    sync::watch,
    task::{JoinHandle, spawn_local},
    time::sleep,
};

use crate::{
    Arguments,
    acts::{self, Load},
    client::Client,
    faults::{Crowd, Fault},
    listen::listen,
    people,
    report::{Line, Report},
    stack::Stack,
    tally::Tally,
    verify::verify,
};

/// For the clients to connect, and for the last messages to go out.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between a recovery and what follows.
const CALM: Duration = Duration::from_millis(300);

/// True when all is as it should be.
pub async fn run(arguments: &Arguments, seed: u64, stack: &mut Stack) -> Result<bool> {
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let tally = Rc::new(Tally::default());
    let doors = stack.doors().into();
    let clients = people::gather(&doors, &stack.database_url(), arguments.clients, arguments.chats, &tally).await?;
    let listeners: Vec<JoinHandle<()>> = clients.iter().map(|client| spawn_local(listen(Rc::clone(client)))).collect();
    until("everybody is connected", || clients.iter().all(|client| client.is_connected.get())).await?;

    let (stays, stay) = watch::channel(false);
    let crowd = Crowd { clients: clients.clone(), stays };
    let (goes_on, load) = begin(arguments, &clients, stay);
    let acting = spawn_all(&clients, &load, seed);
    let mut report = Report::default();
    let mut faults = arguments.faults();
    faults.shuffle(&mut rng);
    for fault in faults {
        report.lines.push(amid(fault, arguments, stack, &crowd, &tally, &mut rng).await?);
    }

    goes_on.send_replace(false);
    for act in acting {
        act.await?;
    }
    clients.iter().for_each(|client| _ = client.is_here.send_replace(true));
    until("all is sent", || clients.iter().all(|client| client.is_connected.get() && !client.has_unsent())).await?;
    report.verdict = verify(&clients, &stack.database_url(), &tally).await?;
    listeners.iter().for_each(JoinHandle::abort);
    report.unexpected = tally.take_unexpected();
    report.acknowledged = tally.counts().acknowledged;
    Ok(report.print(seed, arguments.limit()))
}

fn begin(arguments: &Arguments, clients: &[Rc<Client>], stays: watch::Receiver<bool>) -> (watch::Sender<bool>, Load) {
    let (goes_on, follow) = watch::channel(true);
    let pause = Duration::from_secs(1).mul_f64(clients.len() as f64 / f64::from(arguments.rate.max(1)));
    (goes_on, Load { goes_on: follow, stays, pause })
}

/// What each client does is decided by the seed, its number and the kind of act.
fn spawn_all(clients: &[Rc<Client>], load: &Load, seed: u64) -> Vec<JoinHandle<()>> {
    let mut acting = Vec::new();
    for client in clients {
        let chance = |kind: u64| StdRng::seed_from_u64(seed ^ ((client.number as u64 + 1) << 8) ^ (kind << 32));
        acting.push(spawn_local(acts::write(Rc::clone(client), load.clone(), chance(1))));
        acting.push(spawn_local(acts::change(Rc::clone(client), load.clone(), chance(2))));
        acting.push(spawn_local(acts::wander(Rc::clone(client), load.clone(), chance(3))));
    }
    acting
}

/// Strikes until enough was acknowledged.
async fn amid(
    fault: Fault,
    arguments: &Arguments,
    stack: &mut Stack,
    crowd: &Crowd,
    tally: &Tally,
    rng: &mut StdRng,
) -> Result<Line> {
    let before = tally.counts();
    let enough = || tally.counts().acknowledged - before.acknowledged >= arguments.messages;
    eprintln!("amid {}", fault.name());
    let mut line = Line::new(fault);
    loop {
        let struck = Instant::now();
        line.strikes.push(fault.strike(stack, crowd, rng).await?);
        sleep(CALM).await;
        while !enough() && struck.elapsed() < Duration::from_secs(arguments.every) {
            sleep(CALM / 10).await;
        }
        if enough() {
            line.count(before, tally.counts());
            return Ok(line);
        }
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) -> Result<()> {
    let begin = Instant::now();
    while !holds() {
        ensure!(begin.elapsed() < PATIENCE, "it did not come about that {what}");
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
