//! The site folder: what the browser fetches. Names carry a hash of the content, so that everything under `/pkg` can be
//! cached for ever; `assets.json` tells the server the names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::wasm::Islands;

/// What a server has to know of a site folder: `assets.json`. Values are URL paths.
#[derive(Serialize, Default)]
struct Assets {
    css: String,
    /// What brings pages to life, by its name.
    code: BTreeMap<String, Code>,
    /// The public files by their name: the path of the copy that may be cached for ever.
    files: BTreeMap<String, String>,
}

#[derive(Clone, Serialize)]
struct Code {
    js: String,
    wasm: String,
}

/// The files of a site, by their path in the folder.
#[derive(Default)]
pub struct Site {
    files: BTreeMap<String, Vec<u8>>,
    assets: Assets,
}

impl Site {
    /// The script and its wasm share one hash, as they work only with each other.
    pub fn add_islands(&mut self, names: &[&str], islands: Islands) {
        let hash = hash(&[&islands.wasm, islands.js.as_bytes()]);
        // Script pieces that crates bring along are imported by relative names, which carry no hash of their own.
        let pieces = format!("balloond-{hash}");
        let js = islands.js.replace("./snippets/", &format!("./{pieces}/"));
        for (name, content) in islands.snippets {
            self.files.insert(format!("pkg/{pieces}/{name}"), content);
        }
        let code = Code {
            js: self.add(format!("pkg/balloond-{hash}.js"), js.into_bytes()),
            wasm: self.add(format!("pkg/balloond-{hash}.wasm"), islands.wasm),
        };
        self.assets.code.extend(names.iter().map(|name| ((*name).to_owned(), code.clone())));
    }

    pub fn add_style(&mut self, css: String) {
        let hash = hash(&[css.as_bytes()]);
        self.assets.css = self.add(format!("pkg/balloond-{hash}.css"), css.into_bytes());
    }

    /// Every file below `folder`, under its own name, and once more under a name with its hash.
    pub fn add_public(&mut self, folder: &Path) -> Result<()> {
        for path in files_below(folder)? {
            let content = read(&path)?;
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let flat = name.replace('/', "-");
            let hash = hash(&[&content]);
            let hashed = match flat.rsplit_once('.') {
                Some((stem, extension)) => format!("pkg/{stem}-{hash}.{extension}"),
                None => format!("pkg/{flat}-{hash}"),
            };
            let url = self.add(hashed, content.clone());
            self.assets.files.insert(name.clone(), url);
            self.add(name, content);
        }
        Ok(())
    }

    fn add(&mut self, path: String, content: Vec<u8>) -> String {
        let url = format!("/{path}");
        self.files.insert(path, content);
        url
    }

    /// Writes what is new, then `assets.json` in one step, then removes what no longer belongs: a server that runs on the
    /// folder meanwhile never points at a file that is not there. Tells the sizes of what a first visit fetches.
    pub fn write(mut self, folder: &Path, compress: bool) -> Result<String> {
        if compress {
            self.compress()?;
        }
        for (path, content) in &self.files {
            let file = folder.join(path);
            if fs::read(&file).is_ok_and(|old| &old == content) {
                continue;
            }
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
            }
            replace(&file, content)?;
        }
        replace(&folder.join("assets.json"), &serde_json::to_vec_pretty(&self.assets)?)?;
        self.sweep(folder)?;
        Ok(self.sizes(compress))
    }

    /// Brotli 11 and gzip beside every file that gets smaller by it, the large ones side by side.
    fn compress(&mut self) -> Result<()> {
        let compressed: Vec<_> = std::thread::scope(|scope| {
            let tasks: Vec<_> = self
                .files
                .iter()
                .filter(|(path, _)| is_text_like(path))
                .map(|(path, content)| scope.spawn(move || (path, brotli(content), gzip(content))))
                .collect();
            tasks.into_iter().filter_map(|task| task.join().ok()).map(|(path, br, gz)| (path.clone(), br, gz)).collect()
        });
        for (path, br, gz) in compressed {
            let plain = self.files.get(&path).map_or(0, Vec::len);
            for (extension, bytes) in [("br", br?), ("gz", gz?)] {
                if bytes.len() < plain {
                    self.files.insert(format!("{path}.{extension}"), bytes);
                }
            }
        }
        Ok(())
    }

    fn sweep(&self, folder: &Path) -> Result<()> {
        let wanted: BTreeSet<PathBuf> =
            self.files.keys().map(|path| folder.join(path)).chain([folder.join("assets.json")]).collect();
        for path in files_below(folder)? {
            if !wanted.contains(&path) {
                fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
            }
        }
        Ok(())
    }

    fn sizes(&self, compressed: bool) -> String {
        let (suffix, note) = if compressed { (".br", ", brotli") } else { ("", "") };
        let size = |url: &str| {
            let path = format!("{}{suffix}", url.trim_start_matches('/'));
            self.files.get(&path).map_or(0, Vec::len).div_ceil(1024)
        };
        let Assets { css, code, .. } = &self.assets;
        let code = code
            .iter()
            .map(|(name, code)| format!("{name}: wasm {} KiB, js {} KiB; ", size(&code.wasm), size(&code.js)));
        format!("{}css {} KiB{note}", code.collect::<String>(), size(css))
    }
}

/// 64 bits of SHA-256 in hexadecimal: enough to tell versions of a file apart.
fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn is_text_like(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    matches!(extension, "css" | "html" | "ico" | "js" | "json" | "svg" | "txt" | "wasm" | "webmanifest" | "xml")
}

fn brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

/// All files below a folder; none when it does not exist.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        if !current.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&current).with_context(|| format!("{} cannot be read", current.display()))? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let fresh = path.with_added_extension("new");
    fs::write(&fresh, content)
        .and_then(|()| fs::rename(&fresh, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_views_costs_a_page_less_than_a_kilobyte() {
        let script = include_bytes!("../../../apps/web/public/views.js");
        let compressed = brotli(script).unwrap().len();
        assert!(compressed < 1000, "{compressed} bytes");
    }
}
