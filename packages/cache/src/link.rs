//! What a command goes through: a connection to the one server, or to the nodes of a cluster, each of which has some of the keys.

use std::time::Duration;

use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo,
    ProtocolVersion, RedisResult, TlsCertificates, Value,
    aio::{AsyncPushSender, MultiplexedConnection},
    cluster::{ClusterClient, ClusterConfig},
    cluster_async::ClusterConnection,
    from_redis_value,
};

use crate::{CacheConfig, shards::SlotRange};

/// Commands that may wait to be written to one connection.
const QUEUE: usize = 1024;
/// What a node of a cluster may take to be connected to, and to answer whether it is there. One that is gone without a word holds the
/// others up for as long: below a command's deadline, twice.
const NODE_PATIENCE: Duration = Duration::from_millis(100);
/// How often a command follows a key that has moved, at most.
const REDIRECTIONS: u32 = 3;

/// Where Redis is.
pub(crate) enum Address {
    Server {
        commands: Client,
        /// Only in RESP3 may a connection both listen and be asked whether it is alive.
        listening: Client,
    },
    Cluster(ClusterClient),
}

impl Address {
    pub(crate) fn of(config: &CacheConfig) -> RedisResult<Self> {
        if config.is_cluster {
            return Self::of_cluster(config);
        }
        let info = config.url.as_str().into_connection_info()?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let listening = info.clone().set_redis_settings(settings);
        let root_certificates = config.root_certificates.as_deref();
        Ok(Self::Server {
            commands: client(info, root_certificates)?,
            listening: client(listening, root_certificates)?,
        })
    }

    /// The URL names some of its nodes, with commas between them; the others are found through these.
    fn of_cluster(config: &CacheConfig) -> RedisResult<Self> {
        let nodes = config.url.split(',').map(|url| {
            let info = url.trim().into_connection_info()?;
            let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
            RedisResult::Ok(info.set_redis_settings(settings))
        });
        let mut builder = ClusterClient::builder(nodes.collect::<RedisResult<Vec<_>>>()?)
            .use_protocol(ProtocolVersion::RESP3)
            .retries(REDIRECTIONS);
        if let Some(root_certificates) = &config.root_certificates {
            builder = builder.certs(trusting(root_certificates));
        }
        builder.build().map(Self::Cluster)
    }

    pub(crate) const fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Without deadlines: whoever sends keeps one for connecting and answering together.
    pub(crate) async fn connect(&self) -> RedisResult<Link> {
        match self {
            Self::Server { commands, .. } => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(None)
                    .set_response_timeout(None)
                    .set_pipeline_buffer_size(QUEUE);
                commands.get_multiplexed_async_connection_with_config(&config).await.map(Link::Server)
            }
            Self::Cluster(client) => {
                let config =
                    ClusterConfig::new().set_connection_timeout(NODE_PATIENCE).set_response_timeout(NODE_PATIENCE);
                client.get_async_connection_with_config(config).await.map(Link::Cluster)
            }
        }
    }

    /// A connection to subscribe with; `pushes` gets what comes unasked.
    pub(crate) async fn listen(&self, pushes: impl AsyncPushSender, patience: Duration) -> RedisResult<Link> {
        match self {
            Self::Server { listening, .. } => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(patience))
                    .set_response_timeout(Some(patience))
                    .set_push_sender(pushes);
                listening.get_multiplexed_async_connection_with_config(&config).await.map(Link::Server)
            }
            Self::Cluster(client) => {
                let config = ClusterConfig::new()
                    .set_connection_timeout(patience)
                    .set_response_timeout(patience)
                    .set_push_sender(pushes);
                client.get_async_connection_with_config(config).await.map(Link::Cluster)
            }
        }
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) enum Link {
    Server(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Link {
    pub(crate) async fn query<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Server(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        }
    }

    /// Which node of a cluster has which keys; nothing where it is none.
    pub(crate) async fn slots(&mut self) -> RedisResult<Vec<SlotRange>> {
        let Self::Cluster(connection) = self else { return Ok(Vec::new()) };
        let told: Vec<Vec<Value>> = redis::cmd("CLUSTER").arg("SLOTS").query_async(connection).await?;
        told.into_iter().map(slot_range).collect()
    }

    /// In a cluster a channel is where a key of its name would be: published to one node, and not passed on to all of them.
    pub(crate) async fn subscribe(&mut self, channel: &str) -> RedisResult<()> {
        match self {
            Self::Server(connection) => connection.subscribe(channel).await,
            Self::Cluster(connection) => connection.ssubscribe(channel).await,
        }
    }
}

/// Of an element of what `CLUSTER SLOTS` answers: the first and the last slot, then the nodes that have them, the one that is written to
/// before its replicas, each with its address, its port, and more.
fn slot_range(told: Vec<Value>) -> RedisResult<SlotRange> {
    let mut told = told.into_iter();
    let mut next = || told.next().ok_or((ErrorKind::UnexpectedReturnType, "a range of slots without a node"));
    let (first, last) = (from_redis_value(next()?)?, from_redis_value(next()?)?);
    let mut node = Vec::<Value>::from_redis_value(next()?)?.into_iter();
    let mut next = || node.next().ok_or((ErrorKind::UnexpectedReturnType, "a node without an address"));
    let (host, port): (String, u16) = (from_redis_value(next()?)?, from_redis_value(next()?)?);
    Ok(SlotRange { first, last, node: format!("{host}:{port}") })
}

fn client(info: ConnectionInfo, root_certificates: Option<&[u8]>) -> RedisResult<Client> {
    match root_certificates {
        Some(root_certificates) if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) => {
            Client::build_with_tls(info, trusting(root_certificates))
        }
        _ => Client::open(info),
    }
}

fn trusting(root_certificates: &[u8]) -> TlsCertificates {
    TlsCertificates { client_tls: None, root_cert: Some(root_certificates.to_vec()) }
}
