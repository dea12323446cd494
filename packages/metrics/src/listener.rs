//! Answers `GET /metrics` on a port of its own, where no stranger comes: one scrape at a time is all it is for.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A request's head at most.
const HEAD_MAX: usize = 8 * 1024;
/// What a scraper gets to send its question, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(2);
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A bound port that answers nobody yet.
#[derive(Debug)]
pub struct Listener(std::net::TcpListener);

impl Listener {
    /// # Errors
    ///
    /// When the address is taken or is not this machine's.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    /// # Errors
    ///
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers for as long as it is polled; needs a Tokio runtime.
    pub async fn serve<F: Future<Output = String> + Send>(self, page: impl Fn() -> F + Send) {
        let listener = match tokio::net::TcpListener::from_std(self.0) {
            Ok(listener) => listener,
            Err(error) => return tracing::error!(%error, "metrics cannot be served"),
        };
        loop {
            let Ok((mut connection, _)) = listener.accept().await else {
                // Out of files, for one: nothing that asking again at once would help.
                tokio::time::sleep(PATIENCE).await;
                continue;
            };
            let Ok(Some(path)) = timeout(PATIENCE, asked(&mut connection)).await else { continue };
            let (status, body) =
                if path == "/metrics" { ("200 OK", page().await) } else { ("404 Not Found", String::new()) };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: {CONTENT_TYPE}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            // Whoever went away in the meantime asks again.
            let _ = timeout(PATIENCE, connection.write_all(answer.as_bytes())).await;
        }
    }
}

/// The path that a GET asks for.
async fn asked(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::with_capacity(1024);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > HEAD_MAX || connection.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    (words.next()? == "GET").then(|| words.next()?.split('?').next().map(str::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn say(address: SocketAddr, words: &str) -> String {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(words.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn it_answers_one_path_and_outlives_nonsense() {
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.address().unwrap();
        let serving = tokio::spawn(listener.serve(|| async { "a 1\n".to_owned() }));
        assert_eq!(say(address, "nonsense\r\n\r\n").await, "");
        assert!(say(address, "GET /else HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404"));
        let answer = say(address, "GET /metrics?x HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\na 1\n"), "{answer}");
        serving.abort();
    }
}
