//! The things that people do, one after the other.

use std::{io::Cursor, time::Duration};

use anyhow::{Context, Result, ensure};
use balloond_cost::measured::Use;
use balloond_shared::{ClientId, event::ServerEvent};
use bytes::Bytes;
use diesel::{QueryableByName, sql_query, sql_types::Double};
use diesel_async::RunQueryDsl;
use hyper::{
    Method,
    header::{ACCEPT_ENCODING, CONTENT_TYPE},
};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::stage::Stage;
use crate::{
    chat::{
        Chat,
        socket::{Socket, connect, subscribe, wait_for},
    },
    crowd::{Crowd, PASSWORD, Person},
    http::{Connection, Headers},
};

/// Not counted, and counted. All together are as many as there are pairs.
const TURNS: (usize, usize) = (20, 80);
/// Each takes a core for a moment.
const UPLOADS: (usize, usize) = (4, 20);
const SOON: Duration = Duration::from_secs(5);

/// What is kept of each, in bytes, with its indexes: of the seeded crowd.
#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Double)]
    message: f64,
    #[diesel(sql_type = Double)]
    balloon: f64,
    #[diesel(sql_type = Double)]
    chat: f64,
    #[diesel(sql_type = Double)]
    person: f64,
}

pub async fn measure(stage: &Stage, crowd: &Crowd, pairs: Vec<Chat>) -> Result<Vec<(&'static str, Use)>> {
    let kept = kept(crowd).await?;
    let mut found = Vec::new();
    let landing = pages(stage, crowd, "landing", |_| Ok(("/".to_owned(), Headers::default()))).await?;
    found.push(("landing", landing));
    let first = |turn: usize| person(&pairs, turn, 0);
    let second = |turn: usize| person(&pairs, turn, 1);
    for (name, path) in [("people", "/people"), ("balloons", "/balloons"), ("chats", "/chats")] {
        let found_here =
            pages(stage, crowd, name, |turn| Ok((path.to_owned(), Headers::cookie(&first(turn)?.token)))).await?;
        found.push((name, found_here));
    }
    let profile = |turn| Ok((format!("/people/{}", second(turn)?.id), Headers::cookie(&first(turn)?.token)));
    found.push(("profile", pages(stage, crowd, "profile", profile).await?));
    let room = |turn| Ok((format!("/chats/{}", chat(&pairs, turn)?.id), Headers::cookie(&first(turn)?.token)));
    found.push(("open_chat", pages(stage, crowd, "open_chat", room).await?));
    found.push(("assets", assets(stage, crowd, &pairs).await?));

    let mut api = Connection::open(&stage.api_address).await?;
    let log_in = stage.each(crowd, "log_in", TURNS, async |turn| {
        let headers = Headers::default().by_address(&format!("10.9.{turn}.1"));
        let request = json!({ "email": format!("person{}@example.com", 5_000 + turn), "password": PASSWORD });
        api.post::<Value>("/api/v1/auth/login", &headers, &request).await.map(drop)
    });
    let log_in = log_in.await?;
    found.push(("log_in", Use { kept_bytes: kept.person, ..log_in }));

    let connecting = stage.each(crowd, "connect", TURNS, async |turn| {
        let mut socket = connect(&stage.api_address, first(turn)?).await?;
        subscribe(&mut socket, chat(&pairs, turn)?.id).await
    });
    found.push(("connect", packed(connecting.await?)));

    let (send, read) = messages(stage, crowd, &pairs).await?;
    found.push(("send", Use { kept_bytes: kept.message, ..send }));
    found.push(("read", read));
    let (float, catch) = balloons(stage, crowd, &pairs).await?;
    found.push(("float", Use { kept_bytes: kept.balloon, ..float }));
    // The note is its first message.
    found.push(("catch", Use { kept_bytes: kept.chat + kept.message, ..catch }));
    found.push(("upload_photo", photos(stage, crowd, &pairs).await?));
    let refresh = stage.each(crowd, "refresh", TURNS, async |turn| {
        let request = json!({ "refresh_token": second(turn)?.refresh_token });
        api.post::<Value>("/api/v1/auth/refresh", &Headers::default(), &request).await.map(drop)
    });
    found.push(("refresh", refresh.await?));
    Ok(found)
}

async fn kept(crowd: &Crowd) -> Result<Kept> {
    let size = |table: &str| format!("pg_total_relation_size('{table}')::float8 / (SELECT count(*) FROM {table})");
    // Two are in each chat; everybody has a photo.
    let query = format!(
        "SELECT {} AS message, {} AS balloon, {} + 2 * {} AS chat, {} + {} AS person",
        size("messages"),
        size("balloons"),
        size("chats"),
        size("chat_members"),
        size("users"),
        size("photos"),
    );
    Ok(sql_query(query).get_result(&mut *crowd.conn.lock().await).await?)
}

fn chat(pairs: &[Chat], turn: usize) -> Result<&Chat> {
    pairs.get(turn % pairs.len().max(1)).context("nobody has a chat")
}

fn person(pairs: &[Chat], turn: usize, which: usize) -> Result<&Person> {
    chat(pairs, turn)?.people.get(which).context("a chat without people")
}

/// A page that a browser asks for.
async fn pages(
    stage: &Stage,
    crowd: &Crowd,
    name: &str,
    page: impl Fn(usize) -> Result<(String, Headers)>,
) -> Result<Use> {
    let mut web = Connection::open(&stage.web_address).await?;
    let load = async |turn| {
        let (path, headers) = page(turn)?;
        web.get(&path, &headers).await.map(drop)
    };
    stage.each(crowd, name, TURNS, load).await
}

/// Everything that the page of a chat names, as browsers ask for it.
async fn assets(stage: &Stage, crowd: &Crowd, pairs: &[Chat]) -> Result<Use> {
    let mut web = Connection::open(&stage.web_address).await?;
    let path = format!("/chats/{}", chat(pairs, 0)?.id);
    let page = web.get(&path, &Headers::cookie(&person(pairs, 0, 0)?.token)).await?;
    let page = String::from_utf8_lossy(&page).into_owned();
    let mut names: Vec<&str> = page
        .match_indices("/pkg/")
        .filter_map(|(place, _)| page.get(place..)?.split(['"', '\'', '>', ';', ')', ' ', '\\']).next())
        .collect();
    names.sort_unstable();
    names.dedup();
    ensure!(!names.is_empty(), "the page names no files: run `just build`");
    let headers = Headers(vec![(ACCEPT_ENCODING, "br".to_owned())]);
    let load = async |_| {
        for name in &names {
            web.get(name, &headers).await?;
        }
        Ok(())
    };
    let all = stage.each(crowd, "assets", TURNS, load).await?;
    Ok(Use { requests: names.len() as f64, ..packed(all) })
}

/// What a proxy does not compress.
fn packed(it: Use) -> Use {
    Use { egress_bytes: 0.0, packed_bytes: it.egress_bytes, ..it }
}

/// Somebody sends, the other hears it, and then says that it was read.
async fn messages(stage: &Stage, crowd: &Crowd, pairs: &[Chat]) -> Result<(Use, Use)> {
    let mut listening: Vec<Socket> = Vec::new();
    for turn in 0..pairs.len() {
        let mut socket = connect(&stage.api_address, person(pairs, turn, 1)?).await?;
        subscribe(&mut socket, chat(pairs, turn)?.id).await?;
        listening.push(socket);
    }
    let mut api = Connection::open(&stage.api_address).await?;
    let mut heads = vec![0; pairs.len()];
    let send = stage.each(crowd, "send", TURNS, async |turn| {
        let path = format!("/api/v1/chats/{}/messages", chat(pairs, turn)?.id);
        let body = "Said on a day like this, in a sentence of ordinary length, as people say things.";
        let request = json!({ "client_id": ClientId::new(), "body": body });
        let message: Value = api.post(&path, &Headers::bearer(&person(pairs, turn, 0)?.token), &request).await?;
        let head = heads.get_mut(turn).context("a turn too many")?;
        *head = message.get("seq").and_then(Value::as_i64).context("a message without a number")?;
        let socket = listening.get_mut(turn).context("a turn too many")?;
        timeout(SOON, wait_for(socket, |event| matches!(event, ServerEvent::Message { .. }))).await?
    });
    let send = send.await?;
    let read = stage.each(crowd, "read", TURNS, async |turn| {
        let path = format!("/api/v1/chats/{}/read", chat(pairs, turn)?.id);
        let request = json!({ "seq": heads.get(turn) }).to_string();
        let headers = Headers::bearer(&person(pairs, turn, 1)?.token);
        let (status, _) = api.send(Method::PUT, &path, &headers, request.into()).await?;
        ensure!(status.is_success(), "PUT {path} answered {status}");
        Ok(())
    });
    Ok((send, read.await?))
}

/// Everybody floats one to somebody in the next pair, who catches it.
async fn balloons(stage: &Stage, crowd: &Crowd, pairs: &[Chat]) -> Result<(Use, Use)> {
    let mut api = Connection::open(&stage.api_address).await?;
    let mut floated = Vec::new();
    let float = stage.each(crowd, "float", TURNS, async |turn| {
        let request =
            json!({ "to": person(pairs, turn + 1, 1)?.id, "note": "Saw that you like what I like. Coffee some time?" });
        let headers = Headers::bearer(&person(pairs, turn, 0)?.token);
        let balloon: Value = api.post("/api/v1/balloons", &headers, &request).await?;
        floated.push(balloon.get("id").and_then(Value::as_str).context("a balloon without an id")?.to_owned());
        Ok(())
    });
    let float = float.await?;
    let catch = stage.each(crowd, "catch", TURNS, async |turn| {
        let path = format!("/api/v1/balloons/{}/catch", floated.get(turn).context("a turn too many")?);
        let headers = Headers::bearer(&person(pairs, turn + 1, 1)?.token);
        let (status, answer) = api.send(Method::POST, &path, &headers, Bytes::new()).await?;
        ensure!(status.is_success(), "POST {path} answered {status}: {}", String::from_utf8_lossy(&answer));
        Ok(())
    });
    Ok((float, catch.await?))
}

async fn photos(stage: &Stage, crowd: &Crowd, pairs: &[Chat]) -> Result<Use> {
    const BOUNDARY: &str = "the-end-of-a-part";
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend(picture()?);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    let body = Bytes::from(body);
    let mut api = Connection::open(&stage.api_address).await?;
    let mut uploaded = Value::Null;
    let upload = stage.each(crowd, "upload_photo", UPLOADS, async |turn| {
        let mut headers = Headers::bearer(&person(pairs, turn, 0)?.token);
        headers.0.push((CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}")));
        let (status, answer) = api.send(Method::POST, "/api/v1/me/photos", &headers, body.clone()).await?;
        ensure!(status.is_success(), "an upload answered {status}: {}", String::from_utf8_lossy(&answer));
        uploaded = serde_json::from_slice(&answer)?;
        Ok(())
    });
    let upload = upload.await?;
    let (mut objects, mut object_bytes) = (0.0, 0.0);
    let urls = uploaded.get("urls").and_then(Value::as_object).context("a photo without addresses")?;
    for url in urls.values().filter_map(Value::as_str) {
        let (host, path) = url.trim_start_matches("http://").split_once('/').context("an address without a path")?;
        let file = Connection::open(host).await?.get(&format!("/{path}"), &Headers::default()).await?;
        objects += 1.0;
        object_bytes += file.len() as f64;
    }
    Ok(Use { objects, object_bytes, ..upload })
}

/// A JPEG with shapes and grain: what compresses like a photo of a telephone.
fn picture() -> Result<Vec<u8>> {
    let picture = RgbImage::from_fn(1600, 1200, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 28;
        let wave = |scale: f64, of: u32| ((f64::from(of) / scale).sin() * 50.0 + 110.0) as u8;
        let grain = u8::try_from(grain).unwrap_or_default();
        Rgb([wave(90.0, x) + grain, wave(60.0, y) + grain, wave(140.0, x + y) + grain])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}
