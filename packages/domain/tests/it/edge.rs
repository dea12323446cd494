//! Copies at a CDN, which is told to forget them as Cloudflare is.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::{Result, bail, ensure};
use balloond_domain::{
    job,
    leaving::{erase, receipt},
    photo,
};
use balloond_shared::leaving::EraseAccount;
use balloond_testing::{PASSWORD, TestPerson, World, database};
use serde::Deserialize;

const TOKEN: &str = "token-of-the-zone";

/// A request's head, and the addresses in it.
type Asked = (String, Vec<String>);

#[derive(Deserialize)]
struct Purge {
    files: Vec<String>,
}

/// Answers as Cloudflare does, and remembers what it was told to forget.
struct Cdn {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    asked: mpsc::Receiver<Asked>,
}

impl Cdn {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (tell, asked) = mpsc::channel();
        let cdn = Self { address, status: Arc::new(AtomicU16::new(200)), asked };
        let status = Arc::clone(&cdn.status);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (status, tell) = (Arc::clone(&status), tell.clone());
                thread::spawn(move || serve(connection, &status, &tell));
            }
        });
        Ok(cdn)
    }

    /// How it answers from now on.
    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// What it was asked since the last look.
    fn asked(&self) -> Vec<Asked> {
        self.asked.try_iter().collect()
    }

    async fn world(&self) -> Result<World> {
        World::with(&[
            ("DATABASE_URL", &database::create().await?),
            ("CDN_BASE_URL", "https://photos.example.com/behind"),
            ("CDN_PURGE_ZONE", "a1b2c3"),
            ("CDN_PURGE_TOKEN", TOKEN),
            ("CDN_PURGE_API", &format!("http://{}/client/v4", self.address)),
        ])
    }
}

fn serve(connection: TcpStream, status: &AtomicU16, tell: &mpsc::Sender<Asked>) -> Result<()> {
    let mut reader = BufReader::new(connection);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            ensure!(reader.read_line(&mut head)? > 0, "closed");
        }
        for line in head.lines() {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let Purge { files } = serde_json::from_slice(&body)?;
        tell.send((head, files))?;
        let status = status.load(Ordering::Relaxed);
        let answer = format!("{{\"success\":{},\"errors\":[]}}", status == 200);
        write!(reader.get_mut(), "HTTP/1.1 {status} It\r\ncontent-length: {}\r\n\r\n{answer}", answer.len())?;
    }
}

/// The addresses of somebody's photos.
async fn addresses(world: &World, of: &TestPerson, count: usize) -> Result<Vec<String>> {
    let mut addresses = Vec::new();
    for _ in 0..count {
        let urls = world.photo(of).await?.urls;
        addresses.extend([urls.thumb, urls.small, urls.large]);
    }
    Ok(addresses)
}

async fn run_jobs(world: &World) -> Result<()> {
    world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    Ok(job::run_due(&world.services, &world.config).await?)
}

fn erasing() -> EraseAccount {
    EraseAccount { password: PASSWORD.to_owned() }
}

#[tokio::test]
async fn a_photo_that_is_taken_away_is_forgotten_at_the_edge_too() -> Result<()> {
    let cdn = Cdn::start()?;
    let world = cdn.world().await?;
    let ada = world.person("Ada").await?;
    let kept = addresses(&world, &ada, 1).await?;
    let gone = world.photo(&ada).await?;
    photo::remove(&world.services, ada.viewer, gone.id).await?;
    assert!(cdn.asked().is_empty(), "not before the files are gone");
    run_jobs(&world).await?;
    let asked = cdn.asked();
    let [(head, files)] = asked.as_slice() else { bail!("{asked:?}") };
    assert!(head.starts_with("POST /client/v4/zones/a1b2c3/purge_cache HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("Bearer {TOKEN}")), "{head}");
    assert_eq!(*files, [gone.urls.thumb, gone.urls.small, gone.urls.large]);
    assert!(files.iter().all(|file| file.starts_with("https://photos.example.com/behind/users/")));
    assert!(!files.iter().any(|file| kept.contains(file)));
    Ok(())
}

#[tokio::test]
async fn an_erasure_is_over_once_the_edge_forgot_all() -> Result<()> {
    let cdn = Cdn::start()?;
    let world = cdn.world().await?;
    let ada = world.person("Ada").await?;
    let mut expected = addresses(&world, &ada, 6).await?;
    let opened = erase(&world.services, ada.viewer, &erasing()).await?;
    run_jobs(&world).await?;
    run_jobs(&world).await?;
    let closed = receipt(&world.services, opened.id).await?;
    assert!(closed.finished_at.is_some());
    assert_eq!((closed.removed.photos, closed.removed.addresses, closed.removed.sessions), (6, 18, 1));
    let mut files: Vec<_> = cdn.asked().into_iter().flat_map(|(_, files)| files).collect();
    files.sort();
    expected.sort();
    assert_eq!(files, expected);
    assert_eq!(world.value("SELECT count(*)::text AS value FROM graphile_worker.jobs").await?, "0");
    Ok(())
}

#[tokio::test]
async fn an_edge_that_refuses_holds_up_its_copies_alone_and_is_asked_again() -> Result<()> {
    let cdn = Cdn::start()?;
    let world = cdn.world().await?;
    let ada = world.person("Ada").await?;
    addresses(&world, &ada, 1).await?;
    cdn.answer(403);
    let opened = erase(&world.services, ada.viewer, &erasing()).await?;
    let waiting = "SELECT task_identifier || ' ' || attempts || ' ' || coalesce(last_error, '') AS value FROM graphile_worker.jobs";
    run_jobs(&world).await?;
    run_jobs(&world).await?;
    let failed = world.value(waiting).await?;
    assert!(failed.starts_with("forget_photos ") && failed.contains("403") && !failed.contains(TOKEN), "{failed}");
    assert!(world.files(ada.id).await?.is_empty());
    let open = receipt(&world.services, opened.id).await?;
    assert_eq!((open.finished_at, open.removed.addresses, open.removed.sessions), (None, 0, 1));

    cdn.answer(429);
    run_jobs(&world).await?;
    assert!(world.value(waiting).await?.contains("429"));
    assert_eq!(receipt(&world.services, opened.id).await?.finished_at, None);

    cdn.answer(200);
    run_jobs(&world).await?;
    let closed = receipt(&world.services, opened.id).await?;
    assert!(
        closed.finished_at.is_some() && closed.removed.addresses == 3 && closed.removed.sessions == 1,
        "{closed:?}"
    );
    Ok(())
}
