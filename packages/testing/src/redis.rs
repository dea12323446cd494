//! A Redis of the test's own, to be killed and started again.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};

/// Ends with its owner.
pub struct RedisServer {
    port: u16,
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
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { port, child: None })
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it, again and empty, and waits until it listens.
    pub fn run(&mut self) -> Result<()> {
        let spawn = |program| {
            Command::new(program)
                .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
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
        let ask = |arguments: &[&str]| -> Result<String> {
            let mut client = Command::new("redis-cli");
            let output = client.args(["-p", &self.port.to_string()]).args(arguments).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let keys = ask(&["KEYS", "*"])?;
        let values = keys.lines().map(|key| ask(&["GET", key])).collect::<Result<String>>()?;
        Ok(keys + &values)
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
    }
}
