//! The folder. Files are written beside their place and moved there when they are whole.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{BufReader, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::hmac;

use super::{
    manifest::Manifest,
    seal::{MasterKey, Opener, Sealer},
};

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub struct Vault {
    folder: PathBuf,
    key: MasterKey,
}

impl Vault {
    /// The vault in a folder, which is made if it is not there, with the key in `BACKUP_KEY`.
    pub fn open(folder: &Path) -> Result<Self> {
        let text = std::env::var("BACKUP_KEY").unwrap_or_default();
        let bytes = BASE64URL.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.context(
            "BACKUP_KEY is not base64url of 32 bytes; make one with `openssl rand -base64 32 | tr +/ -_`, and keep it where the \
             backups are not: without it they cannot be read",
        )?;
        let vault = Self { folder: folder.to_owned(), key: MasterKey::new(bytes) };
        for part in ["objects", "backups"] {
            fs::create_dir_all(folder.join(part)).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        Ok(vault)
    }

    /// The whole backups, the oldest first.
    pub fn backups(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.folder.join("backups"))? {
            let entry = entry?;
            if entry.path().join("manifest").is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    pub fn manifest(&self, backup: &str) -> Result<Manifest> {
        let name = manifest_name(backup);
        let content = self.reader(&name)?.read_all().with_context(|| format!("{name} cannot be opened"))?;
        Ok(serde_json::from_slice(&content)?)
    }

    /// Declares a backup whole.
    pub fn put_manifest(&self, backup: &str, manifest: &Manifest) -> Result<()> {
        self.put(&manifest_name(backup), &serde_json::to_vec(manifest)?)
    }

    /// The name of a backup's database.
    pub fn database_name(backup: &str) -> String {
        format!("backups/{backup}/database")
    }

    /// Where an object is: its key tells whose it is, so it is not shown.
    pub fn object_name(&self, key: &str) -> String {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.key.expose()), key.as_bytes());
        let hex: String = tag.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("objects/{}/{hex}", hex.get(..2).unwrap_or_default())
    }

    pub fn has(&self, name: &str) -> bool {
        self.folder.join(name).is_file()
    }

    pub fn put(&self, name: &str, content: &[u8]) -> Result<()> {
        let mut writer = self.writer(name)?;
        writer.write_all(content)?;
        writer.finish()
    }

    pub fn writer(&self, name: &str) -> Result<Writer> {
        let path = self.folder.join(name);
        let parent = path.parent().context("a file has a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        let part = path.with_added_extension("part");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let file = file.with_context(|| format!("{} cannot be written", part.display()))?;
        Ok(Writer { sealer: Sealer::new(&self.key, name, BufWriter::new(file))?, part, path })
    }

    pub fn reader(&self, name: &str) -> Result<Opener<BufReader<File>>> {
        let path = self.folder.join(name);
        let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Opener::new(&self.key, name, BufReader::new(file)).with_context(|| format!("{name} cannot be opened"))
    }

    /// Deletes all but the newest `keep` backups, runs that broke off, and the objects that no backup has.
    pub fn prune(&self, keep: usize) -> Result<()> {
        ensure!(keep > 0, "at least one backup is kept");
        let names = self.backups()?;
        let kept = names.split_at(names.len().saturating_sub(keep)).1;
        for entry in fs::read_dir(self.folder.join("backups"))? {
            let entry = entry?;
            if !kept.iter().any(|name| entry.file_name().to_str() == Some(name)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let mut used = HashSet::new();
        for name in kept {
            used.extend(self.manifest(name)?.objects.iter().map(|object| self.object_name(&object.key)));
        }
        for folder in fs::read_dir(self.folder.join("objects"))? {
            for file in fs::read_dir(folder?.path())? {
                let path = file?.path();
                let name = path.strip_prefix(&self.folder).ok().and_then(Path::to_str).unwrap_or_default();
                if !used.contains(name) {
                    fs::remove_file(&path)?;
                }
            }
        }
        Ok(())
    }
}

fn manifest_name(backup: &str) -> String {
    format!("backups/{backup}/manifest")
}

/// A file that is not there until it is finished.
pub struct Writer {
    sealer: Sealer<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.sealer.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.sealer.flush()
    }
}

impl Writer {
    pub fn finish(self) -> Result<()> {
        let file = self.sealer.finish()?.into_inner().context("the last bytes cannot be written")?;
        file.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        Ok(())
    }
}
