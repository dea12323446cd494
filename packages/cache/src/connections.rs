//! The connections for commands: a few multiplexed ones, a thread keeping to its own.
//!
//! A pooled connection that is checked out for one command costs a second round trip (it is tested when it is handed
//! out) and cannot share a system call with others. Measured with 32 callers on two cores: 35 µs CPU and 25,000 GETs
//! a second from a pool, 2.7 µs and 340,000 here; one connection for all threads takes 3.3 µs and 250,000. The
//! task that drives a connection runs where it was first used, so a thread's own connection also saves the wake-ups
//! across threads.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use balloond_metrics::Counter;
use redis::{Arg, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, Script, ServerErrorKind, Value};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};
use tracing::{Instrument, trace_span};

use crate::{
    CacheConfig, CacheError,
    link::{Address, Link},
    shards::Breakers,
};

/// A command's time at most, connecting included. A request had better ask the database than wait longer.
const DEADLINE: Duration = Duration::from_millis(250);

pub(crate) struct Connections {
    redis: Arc<Redis>,
    places: Box<[Arc<Place>]>,
    commands: Counter,
    failures: Counter,
}

impl Connections {
    pub(crate) fn new(config: &CacheConfig) -> Result<Self, CacheError> {
        // The TLS library finds its cryptography by itself only where no other crate brings a second one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = Address::of(config).map_err(CacheError::Url)?;
        let redis = Arc::new(Redis { address, breakers: Breakers::new() });
        Ok(Self {
            places: (0..config.pool_size.max(1)).map(|_| Arc::new(Place::new(&redis))).collect(),
            redis,
            commands: Counter::new(),
            failures: Counter::new(),
        })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.redis.address
    }

    /// Commands that were sent, and those of them that failed.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.commands.get(), self.failures.get())
    }

    /// Sends one command. It may reach Redis twice, when the connection breaks under it.
    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CacheError> {
        let breaker = self.redis.breakers.of(command);
        if !breaker.admits() {
            return Err(CacheError::Away);
        }
        self.commands.count();
        let span = trace_span!("redis", otel.kind = "client", otel.name = verb(command), db.system.name = "redis");
        match self.send(command).instrument(span).await {
            Ok(value) => {
                breaker.succeeded();
                Ok(redis::from_redis_value(value).map_err(RedisError::from)?)
            }
            Err(error) => {
                self.failures.count();
                if is_away(&error) {
                    breaker.failed(&error);
                } else {
                    breaker.succeeded();
                }
                Err(error.into())
            }
        }
    }

    /// Runs a script, sending its text only where Redis does not know it yet.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &Lua,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<T, CacheError> {
        let call = |verb: &str, script: &str| {
            let mut command = redis::cmd(verb);
            command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
            command
        };
        match self.query(&call("EVALSHA", script.script.get_hash())).await {
            Err(CacheError::Redis(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.query(&call("EVAL", script.text)).await
            }
            result => result,
        }
    }

    async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        let deadline = Instant::now() + DEADLINE;
        let place = self.place()?;
        let mut retried = false;
        loop {
            let (epoch, mut link) = within(deadline, place.connection()).await?;
            match within(deadline, link.query(command)).await {
                // To one node of several: the others are to go on.
                Err(error) if is_lost(&error) && self.redis.address.is_cluster() => {
                    place.renew(epoch);
                    return Err(error);
                }
                // A connection that died while it was idle says so at once: Redis itself may well be there.
                Err(error) if error.is_connection_dropped() && !retried => {
                    retried = true;
                    place.discard(epoch).await;
                }
                // Silence may be a peer that is gone without a word; the next command connects anew.
                Err(error) if is_lost(&error) => {
                    place.discard(epoch).await;
                    return Err(error);
                }
                result => return result,
            }
        }
    }

    fn place(&self) -> RedisResult<&Arc<Place>> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local!(static THREAD: usize = THREADS.fetch_add(1, Ordering::Relaxed));
        let index = THREAD.with(|thread| thread % self.places.len());
        self.places.get(index).ok_or_else(|| (ErrorKind::Client, "no connection is configured").into())
    }
}

struct Redis {
    address: Address,
    breakers: Breakers,
}

impl Redis {
    async fn connect(&self) -> RedisResult<Link> {
        let mut link = self.address.connect().await?;
        if self.address.is_cluster() {
            self.breakers.learn(link.slots().await?);
        }
        Ok(link)
    }
}

/// A place for one connection, made when it is first needed.
struct Place {
    redis: Arc<Redis>,
    held: Mutex<Held>,
    is_renewed: AtomicBool,
}

#[derive(Default)]
struct Held {
    /// Which connection this is; so that of many callers that see it fail, one replaces it.
    epoch: u64,
    link: Option<Link>,
}

impl Place {
    fn new(redis: &Arc<Redis>) -> Self {
        Self { redis: Arc::clone(redis), held: Mutex::default(), is_renewed: AtomicBool::new(false) }
    }

    async fn connection(&self) -> RedisResult<(u64, Link)> {
        let mut held = self.held.lock().await;
        if let Some(link) = &held.link {
            return Ok((held.epoch, link.clone()));
        }
        let link = self.redis.connect().await?;
        held.epoch += 1;
        held.link = Some(link.clone());
        Ok((held.epoch, link))
    }

    async fn discard(&self, epoch: u64) {
        let mut held = self.held.lock().await;
        if held.epoch == epoch {
            held.link = None;
        }
    }

    /// Connects anew, to where the keys are by now; until that is done the connection there is goes on.
    fn renew(self: &Arc<Self>, epoch: u64) {
        if self.is_renewed.swap(true, Ordering::AcqRel) {
            return;
        }
        let place = Arc::clone(self);
        tokio::spawn(async move {
            let renewed = place.redis.connect().await;
            let mut held = place.held.lock().await;
            if let (Ok(link), true) = (renewed, held.epoch == epoch) {
                *held = Held { epoch: epoch + 1, link: Some(link) };
            }
            place.is_renewed.store(false, Ordering::Release);
        });
    }
}

async fn within<T>(deadline: Instant, work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// A command's name, without what it is about.
fn verb(command: &Cmd) -> &str {
    match command.args_iter().next() {
        Some(Arg::Simple(verb)) => str::from_utf8(verb).unwrap_or_default(),
        _ => "",
    }
}

/// Whether there was no way to Redis.
fn is_lost(error: &RedisError) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::ClusterConnectionNotFound)
}

/// Whether it is Redis that fails, and not this one command.
fn is_away(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Io
            | ErrorKind::ClusterConnectionNotFound
            | ErrorKind::AuthenticationFailed
            | ErrorKind::Server(
                ServerErrorKind::BusyLoading
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::NoPerm
                    | ServerErrorKind::ReadOnly
            )
    )
}

/// A script and the hash by which Redis remembers it.
pub(crate) struct Lua {
    text: &'static str,
    script: Script,
}

impl Lua {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text, script: Script::new(text) }
    }
}
