//! What the local stack remembers between two runs: its ports and secrets, in `.data/dev.env`, readable by its owner alone.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ports;

/// Ports and secrets by name. What the environment says counts more than what was remembered.
pub struct Settings {
    values: BTreeMap<String, String>,
    file: Option<PathBuf>,
}

impl Settings {
    /// Reads `.data/dev.env`, which need not exist yet.
    pub fn load(file: PathBuf) -> Result<Self> {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        let values = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        Ok(Self { values, file: Some(file) })
    }

    /// Settings that are forgotten at the end of the run.
    pub fn throw_away() -> Self {
        Self { values: BTreeMap::new(), file: None }
    }

    /// A value that is made once and then stays the same.
    pub fn remembered(&mut self, name: &str, make: impl FnOnce() -> String) -> String {
        if self.file.is_some()
            && let Ok(given) = std::env::var(name)
        {
            return given;
        }
        self.values.entry(name.to_owned()).or_insert_with(make).clone()
    }

    /// A port of our own: the one given in the environment, which has to be free; else the remembered or the usual one, or
    /// any other if a stranger sits there.
    pub fn free_port(&mut self, name: &str, usual: u16) -> Result<u16> {
        if self.file.is_none() {
            return ports::any_free();
        }
        if let Ok(given) = std::env::var(name) {
            let port =
                given.parse().ok().with_context(|| format!("{name} is `{given}`, which is not a port number"))?;
            if !ports::is_free(port) {
                bail!("{name} is {port}, a port that is in use by another program");
            }
            self.values.insert(name.to_owned(), given);
            return Ok(port);
        }
        let remembered = self.remembered_port(name).unwrap_or(usual);
        let port = if ports::is_free(remembered) { remembered } else { ports::any_free()? };
        self.values.insert(name.to_owned(), port.to_string());
        Ok(port)
    }

    /// The port of the last run.
    pub fn remembered_port(&self, name: &str) -> Option<u16> {
        self.values.get(name)?.parse().ok()
    }

    /// Writes everything down, in one step.
    pub fn save(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut text = String::from("# Made by `just dev` for this checkout alone; delete .data to start afresh.\n");
        for (name, value) in &self.values {
            text.push_str(&format!("{name}={value}\n"));
        }
        write_private(file, &text)
    }
}

/// 256 random bits in base64url.
pub fn random_key() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Letters and digits alone, so that it can stand in a URL and a configuration file.
pub fn random_password() -> String {
    rand::random::<[u8; 16]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file that only its owner may read, replacing it in one step.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_added_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&fresh, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// Takes the lock at `path` for as long as the returned file is kept. `None` when another process holds it.
pub fn try_lock(path: &Path) -> Result<Option<File>> {
    let file = open_lock(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
    }
}

/// As [`try_lock`], but waits for it.
pub fn lock(path: &Path) -> Result<File> {
    let file = open_lock(path)?;
    file.lock().with_context(|| format!("{} cannot be locked", path.display()))?;
    Ok(file)
}

fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}
