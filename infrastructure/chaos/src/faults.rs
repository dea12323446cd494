//! What strikes, and how long it takes until everybody hears everybody again.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Result;
use balloond_shared::{ChatId, ClientId, UserId};
use clap::ValueEnum;
use rand::{RngExt, rngs::StdRng};
use rustix::process::Signal;
use tokio::{sync::watch, time::sleep};

use crate::{
    client::Client,
    proxy::Weather,
    stack::{NODES, Stack},
};

/// Past this it counts as never.
const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough for every process to look who is online, and find that it cannot.
const WITHOUT_REDIS: Duration = Duration::from_secs(7);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// kill -9 of an api process
    KillApi,
    /// SIGSTOP of an api process, SIGCONT a few seconds later
    FreezeApi,
    /// Redis is killed, and started again after seven seconds
    StopRedis,
    /// SIGSTOP of Redis, SIGCONT a few seconds later
    FreezeRedis,
    /// Postgres is shut down in the mode immediate, and started again
    RestartPostgres,
    /// All connections of all clients are cut for two seconds
    CutSockets,
    /// All that clients and processes say to each other comes late
    SlowNetwork,
    /// All that they say is swallowed for a while
    SilentNetwork,
}

/// How a strike went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    pub recovery: Recovery,
    /// With Redis away: until everybody heard.
    pub heard_within: Option<Duration>,
    /// With Redis away: how often a client was still told who is online.
    pub lies: usize,
}

/// What happened after the end of a fault, and how long after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recovery {
    /// Everybody who is there hears everybody again.
    pub heard: Duration,
    /// Everybody who is there has a socket again.
    pub connected: Duration,
    /// What was written first after the fault was acknowledged.
    pub sent: Duration,
}

/// The clients, as a fault's consequences are seen in them.
pub struct Crowd {
    pub clients: Vec<Rc<Client>>,
    pub stays: watch::Sender<bool>,
}

impl Fault {
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    pub async fn strike(self, stack: &mut Stack, crowd: &Crowd, rng: &mut StdRng) -> Result<Outcome> {
        let node = rng.random_range(0..NODES);
        let moment = Duration::from_millis(rng.random_range(1000..3500));
        let mut outcome = Outcome::default();
        match self {
            Self::KillApi => {
                stack.kill_api(node).await?;
                outcome.recovery = crowd.recover().await;
                stack.start_api(node).await?;
                return Ok(outcome);
            }
            Self::FreezeApi => {
                stack.signal_api(node, Signal::STOP);
                sleep(moment).await;
                stack.signal_api(node, Signal::CONT);
            }
            Self::StopRedis => {
                let begin = Instant::now();
                stack.kill_redis().await?;
                outcome.heard_within = Some(crowd.recover().await.heard);
                sleep(WITHOUT_REDIS.saturating_sub(begin.elapsed())).await;
                outcome.lies = crowd.lies();
                stack.start_redis().await?;
            }
            Self::FreezeRedis => {
                stack.signal_redis(Signal::STOP);
                sleep(moment).await;
                stack.signal_redis(Signal::CONT);
            }
            Self::RestartPostgres => {
                stack.stop_postgres().await?;
                sleep(moment / 2).await;
                stack.start_postgres().await?;
            }
            Self::CutSockets => pass(stack, Weather::Cut, Duration::from_secs(2)).await,
            Self::SlowNetwork => {
                let late = Duration::from_millis(rng.random_range(20..150));
                pass(stack, Weather::Slow(late), moment).await;
            }
            Self::SilentNetwork => pass(stack, Weather::Silent, moment).await,
        }
        outcome.recovery = crowd.recover().await;
        Ok(outcome)
    }
}

async fn pass(stack: &Stack, weather: Weather, time: Duration) {
    stack.weather(weather);
    sleep(time).await;
    stack.weather(Weather::Clear);
}

impl Crowd {
    /// One writes in each chat; says how long it takes until everybody who is there has it.
    pub async fn recover(&self) -> Recovery {
        let begin = Instant::now();
        self.stays.send_replace(true);
        let here: Vec<&Rc<Client>> = self.clients.iter().filter(|client| *client.is_here.borrow()).collect();
        let mut marks: Vec<(ChatId, UserId, ClientId)> = Vec::new();
        for client in &here {
            for chat in client.chats() {
                if marks.iter().all(|(marked, ..)| *marked != chat) {
                    marks.push((chat, client.user, client.write(chat)));
                }
            }
        }
        let has_all = |client: &Rc<Client>| {
            marks
                .iter()
                .all(|(chat, sender, id)| client.view(*chat, |view| view.timeline.holds(*sender, *id)).unwrap_or(true))
        };
        let (mut connected, mut sent) = (None, None);
        while begin.elapsed() < PATIENCE {
            let now = begin.elapsed();
            if connected.is_none() && here.iter().all(|client| client.is_connected.get()) {
                connected = Some(now);
            }
            if sent.is_none()
                && marks.iter().all(|(.., id)| here.iter().any(|client| client.tally.is_acknowledged(*id)))
            {
                sent = Some(now);
            }
            if here.iter().all(|client| has_all(client)) {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        let heard = begin.elapsed();
        self.stays.send_replace(false);
        Recovery { heard, connected: connected.unwrap_or(heard), sent: sent.unwrap_or(heard) }
    }

    fn lies(&self) -> usize {
        let connected = self.clients.iter().filter(|client| client.is_connected.get());
        connected.map(|client| client.views.borrow().values().filter(|view| view.online.is_some()).count()).sum()
    }
}
