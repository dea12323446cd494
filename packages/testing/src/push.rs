//! A push service on this machine, and browsers that it wakes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use anyhow::{Context, Result, anyhow, ensure};
use balloond_shared::notification::{Subscribe, SubscribeKeys};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::SystemRandom,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

const AUTH: [u8; 16] = *b"sixteen bytes :)";

/// What came for a browser.
#[derive(Clone, Debug)]
pub struct Pushed {
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Takes notes for as long as the test runs.
pub struct PushReceiver {
    url: String,
    status: Arc<AtomicU16>,
    pushed: Arc<Mutex<Vec<Pushed>>>,
}

/// A browser with a key of its own, which opens one note.
pub struct Browser {
    endpoint: String,
    public: Vec<u8>,
    private: EphemeralPrivateKey,
}

impl PushReceiver {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let receiver = Self { url, status: Arc::new(AtomicU16::new(201)), pushed: Arc::default() };
        let (status, pushed) = (Arc::clone(&receiver.status), Arc::clone(&receiver.pushed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&status), Arc::clone(&pushed)));
            }
        });
        Ok(receiver)
    }

    /// From now on it answers this.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// All that came, in its order.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.pushed.lock().map(|pushed| pushed.clone()).unwrap_or_default()
    }

    /// A browser that this service wakes.
    pub fn browser(&self) -> Result<Browser> {
        Browser::at(&format!("{}/{}", self.url, Uuid::now_v7().simple()))
    }
}

impl Browser {
    pub fn at(endpoint: &str) -> Result<Self> {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| anyhow!("no key"))?;
        let public = private.compute_public_key().map_err(|_| anyhow!("no public key"))?.as_ref().to_vec();
        Ok(Self { endpoint: endpoint.to_owned(), public, private })
    }

    /// What it tells the service that is to wake it.
    pub fn subscription(&self) -> Subscribe {
        let (p256dh, auth) = (URL_SAFE_NO_PAD.encode(&self.public), URL_SAFE_NO_PAD.encode(AUTH));
        Subscribe { endpoint: self.endpoint.clone(), keys: SubscribeKeys { p256dh, auth } }
    }

    /// Whether this came for it.
    pub fn is_for(&self, pushed: &Pushed) -> bool {
        self.endpoint.ends_with(&pushed.path)
    }

    /// Opens a note as RFC 8291 has it; only this browser can.
    pub fn open(self, pushed: &Pushed) -> Result<serde_json::Value> {
        let (salt, rest) = pushed.body.split_at_checked(16).context("a salt")?;
        let (sender, sealed) = rest.get(5..).and_then(|rest| rest.split_at_checked(65)).context("a key")?;
        let info = [b"WebPush: info\0".as_slice(), &self.public, sender].concat();
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let input = agree_ephemeral(self.private, &peer, |secret| derive::<32>(&AUTH, secret, &info));
        let input = input.map_err(|_| anyhow!("no agreement"))??;
        let key: [u8; 16] = derive(salt, &input, b"Content-Encoding: aes128gcm\0")?;
        let nonce: [u8; 12] = derive(salt, &input, b"Content-Encoding: nonce\0")?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| anyhow!("no key"))?);
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = key.open_in_place(nonce, Aad::empty(), &mut sealed).map_err(|_| anyhow!("it cannot be opened"))?;
        let end = opened.iter().rposition(|byte| *byte != 0).context("padding alone")?;
        ensure!(opened.get(end) == Some(&2), "not the last record");
        Ok(serde_json::from_slice(opened.get(..end).unwrap_or_default())?)
    }
}

impl Pushed {
    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Result<[u8; N]> {
    let mut derived = [0; N];
    let prk = Salt::new(HKDF_SHA256, salt).extract(secret);
    let filled = prk.expand(&[info], Length(N)).and_then(|okm| okm.fill(&mut derived));
    filled.map_err(|_| anyhow!("nothing derived"))?;
    Ok(derived)
}

/// Takes the requests of one connection.
async fn take(stream: TcpStream, status: Arc<AtomicU16>, all: Arc<Mutex<Vec<Pushed>>>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut pushed = Pushed { path, headers, body: Vec::new() };
        pushed.body.resize(pushed.header("content-length").parse()?, 0);
        stream.read_exact(&mut pushed.body).await?;
        if let Ok(mut all) = all.lock() {
            all.push(pushed);
        }
        let status = status.load(Ordering::Relaxed);
        let answer = format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\n\r\n");
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
}
