//! The folders of a machine that runs releases.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

/// Releases that stay, so that a person can go back further.
const KEPT: usize = 5;

pub struct Layout {
    root: PathBuf,
    settings: Vec<(String, String)>,
}

/// A release is called what its folder is called.
pub fn name(release: &Path) -> Result<String> {
    ensure!(
        release.join("bin/balloond-api").is_file(),
        "{} is not a release: it has no bin/balloond-api",
        release.display()
    );
    let name = release.canonicalize()?.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.context("a release has a name")
}

impl Layout {
    pub fn new(root: &Path) -> Result<Self> {
        let file = root.join("env");
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let settings = lines.filter_map(|line| line.split_once('='));
        let unquoted = |value: &str| value.trim().trim_matches('"').to_owned();
        let settings = settings.map(|(name, value)| (name.trim().to_owned(), unquoted(value))).collect();
        Ok(Self { root: root.to_owned(), settings })
    }

    pub fn release(&self, name: &str) -> PathBuf {
        self.root.join("releases").join(name)
    }

    /// The release that `current` leads to.
    pub fn current(&self) -> Result<Option<String>> {
        match fs::read_link(self.root.join("current")) {
            Ok(target) => Ok(target.file_name().and_then(|name| name.to_str()).map(str::to_owned)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("current is not a link"),
        }
    }

    /// Points `current` to a release, in one step.
    pub fn switch(&self, name: &str) -> Result<()> {
        let fresh = self.root.join("current.new");
        if fresh.is_symlink() {
            fs::remove_file(&fresh)?;
        }
        symlink(Path::new("releases").join(name), &fresh).context("a link cannot be made")?;
        fs::rename(&fresh, self.root.join("current")).context("current cannot be switched")
    }

    /// Copies a release to its place, unless it stands there already.
    pub fn install(&self, from: &Path, name: &str) -> Result<()> {
        let place = self.release(name);
        if place.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(self.root.join("releases"))?;
        let part = self.root.join("releases").join(format!(".{name}.part"));
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        let copied = Command::new("cp").arg("--recursive").arg("--preserve").arg(from).arg(&part).status()?;
        ensure!(copied.success(), "{} cannot be copied", from.display());
        fs::rename(&part, &place).with_context(|| format!("{} cannot be made", place.display()))
    }

    /// Runs a subcommand of a release's api with the machine's settings.
    pub fn run(&self, release: &Path, command: &str) -> Result<()> {
        let program = release.join("bin/balloond-api");
        let settings = self.settings.iter().map(|(name, value)| (name, value));
        let output = Command::new(&program).arg(command).envs(settings).output();
        let output = output.with_context(|| format!("{} cannot be started", program.display()))?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    /// Deletes all releases but the newest few, and those that are used.
    pub fn prune(&self, current: &str, before: Option<&str>) -> Result<()> {
        let mut releases = Vec::new();
        for entry in fs::read_dir(self.root.join("releases"))? {
            let entry = entry?;
            releases.push((entry.metadata()?.modified()?, entry.file_name(), entry.path()));
        }
        releases.sort();
        releases.reverse();
        for (_, name, path) in releases.into_iter().skip(KEPT) {
            if name.to_str() != Some(current) && name.to_str() != before {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }
}
