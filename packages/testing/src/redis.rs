//! A Redis of the test's own, to be killed and started again.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};

use crate::{Authority, eventually};

/// Ends with its owner.
pub struct RedisServer {
    port: u16,
    scheme: &'static str,
    options: Vec<String>,
    /// Goes with it.
    folder: Option<PathBuf>,
    child: Option<Child>,
}

impl RedisServer {
    pub fn start() -> Result<Self> {
        let mut server = Self::reserve()?;
        server.run()?;
        Ok(server)
    }

    /// A port where nobody listens until [`RedisServer::run`].
    pub fn reserve() -> Result<Self> {
        let port = free_port()?;
        let options = vec!["--port".to_owned(), port.to_string()];
        Ok(Self { port, scheme: "redis", options, folder: None, child: None })
    }

    /// One that speaks TLS alone.
    pub fn with_tls(authority: &Authority) -> Result<Self> {
        let port = free_port()?;
        let mut options = vec!["--port".to_owned(), "0".to_owned(), "--tls-port".to_owned(), port.to_string()];
        for (option, file) in
            [("--tls-cert-file", "server.pem"), ("--tls-key-file", "server.key"), ("--tls-ca-cert-file", "ca.pem")]
        {
            options.extend([option.to_owned(), authority.file(file).display().to_string()]);
        }
        options.extend(["--tls-auth-clients".to_owned(), "no".to_owned()]);
        let mut server = Self { port, scheme: "rediss", options, folder: None, child: None };
        server.run()?;
        Ok(server)
    }

    /// One that may become a node of a cluster.
    fn of_cluster() -> Result<(Self, u16)> {
        let (mut server, bus) = (Self::reserve()?, free_port()?);
        let folder = std::env::temp_dir().join(format!("balloond-redis-{}", server.port));
        fs::create_dir_all(&folder)?;
        let (bus_port, dir) = (bus.to_string(), folder.display().to_string());
        // With one node away the others go on.
        let whole = ["--cluster-require-full-coverage", "no"];
        let more = ["--cluster-enabled", "yes", "--cluster-port", &bus_port, "--dir", &dir].into_iter().chain(whole);
        server.options.extend(more.map(str::to_owned));
        server.folder = Some(folder);
        server.run()?;
        Ok((server, bus))
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port)
    }

    /// Starts it, again and empty, and waits until it listens.
    pub fn run(&mut self) -> Result<()> {
        let spawn = |program| {
            Command::new(program)
                .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
                .args(&self.options)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
        };
        let mut child =
            spawn("redis-server").or_else(|_| spawn("valkey-server")).context("redis-server cannot be started")?;
        let output = child.stdout.take().context("redis-server has no output")?;
        self.child = Some(child);
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        ensure!(lines.any(|line| line.contains("Ready to accept connections")), "redis-server did not start");
        // Read on, lest the pipe fills up and holds the server.
        thread::spawn(move || lines.for_each(drop));
        Ok(())
    }

    /// All its keys and values, as one text.
    pub fn dump(&self) -> Result<String> {
        let keys = self.ask(&["KEYS", "*"])?;
        let values = keys.lines().map(|key| self.ask(&["GET", key])).collect::<Result<String>>()?;
        Ok(keys + &values)
    }

    /// How many listen to a channel of the node's own, in a cluster.
    pub fn shard_subscribers(&self, channel: &str) -> Result<usize> {
        let told = self.ask(&["PUBSUB", "SHARDNUMSUB", channel])?;
        Ok(told.lines().nth(1).and_then(|count| count.trim().parse().ok()).unwrap_or(0))
    }

    /// How many are connected over TLS, the one that asks included.
    pub fn clients_of(&self, authority: &Authority) -> Result<usize> {
        let root = authority.file("ca.pem").display().to_string();
        Ok(self.ask(&["--tls", "--cacert", &root, "CLIENT", "LIST"])?.lines().count())
    }

    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let mut client = Command::new("redis-cli");
        let output = client.args(["-p", &self.port.to_string()]).args(arguments).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Ends it at once.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// It stays connected and says nothing, as a host does that is gone.
    pub fn freeze(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// It answers again.
    pub fn thaw(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let pid = self.child.as_ref().context("it is not running")?.id().to_string();
        ensure!(Command::new("kill").args([signal, &pid]).status()?.success(), "kill {signal} failed");
        Ok(())
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // Nobody is left to hear of it.
        let _ = self.kill();
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Three servers that share the keys.
pub struct RedisCluster {
    pub nodes: Vec<RedisServer>,
}

impl RedisCluster {
    pub async fn start() -> Result<Self> {
        let started = (0..3).map(|_| RedisServer::of_cluster()).collect::<Result<Vec<_>>>()?;
        let slots = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
        for ((node, _), (first, last)) in started.iter().zip(slots) {
            ensure!(node.ask(&["CLUSTER", "ADDSLOTSRANGE", first, last])?.trim() == "OK", "no slots");
            for (other, bus) in &started {
                node.ask(&["CLUSTER", "MEET", "127.0.0.1", &other.port.to_string(), &bus.to_string()])?;
            }
        }
        let nodes: Vec<RedisServer> = started.into_iter().map(|(node, _)| node).collect();
        let is_whole = async || -> Result<bool> {
            let mut told = nodes.iter().map(|node| node.ask(&["CLUSTER", "INFO"]));
            told.try_fold(true, |whole, told| {
                let told = told?;
                Ok(whole && told.contains("cluster_state:ok") && told.contains("cluster_known_nodes:3"))
            })
        };
        eventually("the nodes know each other", is_whole).await?;
        Ok(Self { nodes })
    }

    /// Of one node: the others are found through it.
    #[must_use]
    pub fn url(&self) -> String {
        self.nodes.first().map(RedisServer::url).unwrap_or_default()
    }
}
