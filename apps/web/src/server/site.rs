//! The site folder: what browsers fetch beside the pages. Read whole into memory, so that serving is a look-up and no path of a
//! request ever meets the file system.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::{Duration, Instant, SystemTime},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, CacheControl, CacheDirective},
};
use balloond_shared::ErrorCode;
use bytes::Bytes;

use super::{answer::Refusal, app::State};
use crate::pages::Assets;

/// How often the folder is looked at: a developer's next bundle is seen within a second.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Names with a hash stand for their content.
const FOR_EVER: u32 = 365 * 24 * 60 * 60;
const FOR_AN_HOUR: u32 = 60 * 60;
/// The one script that outlives its page: asked for anew each time, and allowed to fetch what it stands between.
const SERVICE_WORKER: &str = "/sw.js";
const SERVICE_WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

/// A file in the encodings it was bundled in.
#[derive(Clone, Debug, Default)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// What was read from the folder.
#[derive(Debug, Default)]
pub struct Content {
    pub assets: Assets,
    files: HashMap<String, File>,
}

#[derive(Debug)]
struct Reading {
    content: Arc<Content>,
    looked_at: Instant,
    bundled_at: Option<SystemTime>,
}

/// The folder, read again when the bundler wrote it anew.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    reading: RwLock<Reading>,
}

impl Site {
    /// A folder that is not there yet, as while the first bundle is being made, is an empty one.
    pub fn new(root: PathBuf) -> Self {
        let bundled_at = bundled_at(&root);
        let content = Arc::new(read(&root));
        if content.assets.css.is_empty() {
            tracing::warn!(folder = %root.display(), "no bundle yet: pages come without styles and islands until there is one");
        }
        Self { root, reading: RwLock::new(Reading { content, looked_at: Instant::now(), bundled_at }) }
    }

    pub fn content(&self) -> Arc<Content> {
        let known = {
            let reading = self.reading.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            if reading.looked_at.elapsed() < LOOK_AGAIN {
                return reading.content.clone();
            }
            reading.bundled_at
        };
        let bundled_at = bundled_at(&self.root);
        let fresh = (bundled_at != known).then(|| Arc::new(read(&self.root)));
        let mut reading = self.reading.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        reading.looked_at = Instant::now();
        if let Some(fresh) = fresh {
            reading.content = fresh;
            reading.bundled_at = bundled_at;
        }
        reading.content.clone()
    }
}

/// `assets.json` is written last.
fn bundled_at(root: &Path) -> Option<SystemTime> {
    fs::metadata(root.join("assets.json")).and_then(|metadata| metadata.modified()).ok()
}

fn read(root: &Path) -> Content {
    let assets =
        fs::read(root.join("assets.json")).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    let mut content = Content { assets, files: HashMap::new() };
    for path in files_below(root) {
        let Some(url) =
            path.strip_prefix(root).ok().and_then(Path::to_str).map(|name| format!("/{}", name.replace('\\', "/")))
        else {
            continue;
        };
        let Ok(bytes) = fs::read(&path).map(Bytes::from) else { continue };
        if let Some(url) = url.strip_suffix(".br") {
            content.files.entry(url.to_owned()).or_default().brotli = Some(bytes);
        } else if let Some(url) = url.strip_suffix(".gz") {
            content.files.entry(url.to_owned()).or_default().gzip = Some(bytes);
        } else {
            content.files.entry(url).or_default().plain = bytes;
        }
    }
    content.files.remove("/assets.json");
    content
}

fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Serves a file of the site; everything else is not there.
pub async fn file(request: HttpRequest, app: State) -> Result<HttpResponse, Refusal> {
    let content = app.site.content();
    let file = content.files.get(request.path()).ok_or(ErrorCode::NotFound)?;
    let (encoding, bytes) =
        encoded(file, request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()));
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(media_type(request.path()))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header(CacheControl(caching(request.path())));
    if request.path() == SERVICE_WORKER {
        answer.insert_header((header::CONTENT_SECURITY_POLICY, SERVICE_WORKER_POLICY));
    }
    if let Some(encoding) = encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Ok(answer.body(bytes))
}

fn encoded(file: &File, accepted: Option<&str>) -> (Option<&'static str>, Bytes) {
    let accepts = |name: &str| accepted.is_some_and(|list| list.split(',').any(|item| is_accepted(item, name)));
    match file {
        File { brotli: Some(bytes), .. } if accepts("br") => (Some("br"), bytes.clone()),
        File { gzip: Some(bytes), .. } if accepts("gzip") => (Some("gzip"), bytes.clone()),
        _ => (None, file.plain.clone()),
    }
}

/// `br`, `br;q=0.8`; not `br;q=0`.
fn is_accepted(item: &str, name: &str) -> bool {
    let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
    let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
    coding.trim().eq_ignore_ascii_case(name) && weight.is_none_or(|weight| weight > 0.0)
}

fn caching(path: &str) -> Vec<CacheDirective> {
    if path.starts_with("/pkg/") {
        vec![
            CacheDirective::Public,
            CacheDirective::MaxAge(FOR_EVER),
            CacheDirective::Extension("immutable".to_owned(), None),
        ]
    } else if path == SERVICE_WORKER {
        vec![CacheDirective::Public, CacheDirective::NoCache]
    } else {
        vec![CacheDirective::Public, CacheDirective::MaxAge(FOR_AN_HOUR)]
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_smallest_encoding_it_takes() {
        let file = File { plain: "plain".into(), brotli: Some("b".into()), gzip: Some("g".into()) };
        let encoding = |accepted| encoded(&file, accepted).0;
        assert_eq!(encoding(Some("gzip, deflate, br, zstd")), Some("br"));
        assert_eq!(encoding(Some("gzip;q=1.0, br;q=0")), Some("gzip"));
        assert_eq!(encoding(Some("identity")), None);
        assert_eq!(encoding(None), None);
    }
}
