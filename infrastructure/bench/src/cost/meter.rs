//! A port that leads elsewhere, and counts what goes through it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// What is understood of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Each `Execute` and each simple `Query` is a command.
    Postgres,
    /// Each array that a client sends.
    Redis,
    /// Only its size.
    Bytes,
}

#[derive(Debug, Default)]
pub struct Counts {
    commands: AtomicU64,
    /// From where it leads to.
    answered: AtomicU64,
}

impl Counts {
    pub fn commands(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
}

pub struct Meter {
    pub address: String,
    pub counts: Arc<Counts>,
}

impl Meter {
    pub async fn open(upstream: &str, protocol: Protocol) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, counts) = (listener.local_addr()?.to_string(), Arc::new(Counts::default()));
        let (upstream, shared) = (upstream.to_owned(), Arc::clone(&counts));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, upstream.clone(), protocol, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, counts })
    }

    /// Before the host of a URL that has a password; answers the URL that leads through it too.
    pub async fn before(url: &str, protocol: Protocol) -> Result<(String, Self)> {
        let (_, rest) = url.split_once('@').context("a URL without a password")?;
        let host = rest.split('/').next().unwrap_or(rest);
        let meter = Self::open(host, protocol).await?;
        Ok((url.replacen(host, &meter.address, 1), meter))
    }
}

async fn carry(near: TcpStream, upstream: String, protocol: Protocol, counts: Arc<Counts>) -> Result<()> {
    let far = TcpStream::connect(upstream).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((near_out, near_in), (far_out, far_in)) = (near.into_split(), far.into_split());
    let mut reader = Reader { protocol, pending: Vec::new(), is_greeted: false };
    let (asked, answered) = (Arc::clone(&counts), counts);
    let asking = pump(near_out, far_in, move |bytes| asked.commands.fetch_add(reader.read(bytes), Ordering::Relaxed));
    let answering =
        pump(far_out, near_in, move |bytes| answered.answered.fetch_add(bytes.len() as u64, Ordering::Relaxed));
    tokio::select! {
        done = asking => done,
        done = answering => done,
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut see: impl FnMut(&[u8]) -> u64) -> Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        see(bytes);
        to.write_all(bytes).await?;
    }
}

/// Finds the commands in what a client sends, in whatever pieces it comes.
struct Reader {
    protocol: Protocol,
    pending: Vec<u8>,
    /// Postgres' first message has no type.
    is_greeted: bool,
}

impl Reader {
    fn read(&mut self, bytes: &[u8]) -> u64 {
        if self.protocol == Protocol::Bytes {
            return 0;
        }
        self.pending.extend_from_slice(bytes);
        let mut commands = 0;
        while let Some((length, is_command)) = self.message() {
            self.pending.drain(..length);
            commands += u64::from(is_command);
        }
        commands
    }

    /// The length of the first message that is whole, and whether it is a command.
    fn message(&mut self) -> Option<(usize, bool)> {
        let found = match self.protocol {
            Protocol::Postgres if self.is_greeted => {
                let kind = *self.pending.first()?;
                (1 + self.length_at(1)?, matches!(kind, b'E' | b'Q'))
            }
            Protocol::Postgres => (self.length_at(0)?, false),
            Protocol::Redis => (array_length(&self.pending)?, true),
            Protocol::Bytes => return None,
        };
        (self.pending.len() >= found.0).then(|| {
            self.is_greeted = true;
            found
        })
    }

    fn length_at(&self, place: usize) -> Option<usize> {
        let bytes = self.pending.get(place..place + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    }
}

/// Of a whole array of strings, as RESP has it: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`.
fn array_length(bytes: &[u8]) -> Option<usize> {
    let (count, mut place) = number_at(bytes, 0)?;
    for _ in 0..count {
        let (length, begin) = number_at(bytes, place)?;
        place = begin + length + 2;
    }
    (bytes.len() >= place).then_some(place)
}

/// The number of the line at `place`, after its sign, and where the next line begins.
fn number_at(bytes: &[u8], place: usize) -> Option<(usize, usize)> {
    let line = bytes.get(place..)?;
    let end = line.windows(2).position(|two| two == b"\r\n")?;
    let number = std::str::from_utf8(line.get(1..end)?).ok()?.parse().ok()?;
    Some((number, place + end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole, and byte by byte.
    fn count(protocol: Protocol, bytes: &[u8]) -> [u64; 2] {
        let reader = || Reader { protocol, pending: Vec::new(), is_greeted: false };
        let mut slow = reader();
        [reader().read(bytes), bytes.iter().map(|byte| slow.read(&[*byte])).sum()]
    }

    #[test]
    fn executions_and_queries_are_postgres_commands() {
        let mut bytes = b"\0\0\0\x0a\0\x03\0\0EQ".to_vec();
        for message in
            [&b"P\0\0\0\x06EE"[..], b"B\0\0\0\x04", b"E\0\0\0\x09\0\0\0\0\0", b"S\0\0\0\x04", b"Q\0\0\0\x05E"]
        {
            bytes.extend_from_slice(message);
        }
        assert_eq!(count(Protocol::Postgres, &bytes), [2, 2]);
    }

    #[test]
    fn arrays_are_redis_commands() {
        let bytes = b"*2\r\n$3\r\nGET\r\n$5\r\n*1\r\n$\r\n*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n";
        assert_eq!(count(Protocol::Redis, bytes), [2, 2], "the last one is not whole");
    }
}
