//! Where things are: the repository, its data folder and the binaries built beside this one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A checkout of the repository and the folder that holds this program.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub root: PathBuf,
    /// This program, as it was called: children are tethered through it.
    pub program: PathBuf,
    /// Whether the release build of the apps is meant.
    pub release: bool,
}

impl Workspace {
    /// Finds the repository from the current directory upwards.
    pub fn find(release: bool) -> Result<Self> {
        let here = std::env::current_dir().context("the current directory cannot be read")?;
        let root = here
            .ancestors()
            .find(|dir| dir.join("infrastructure/devstack/Cargo.toml").is_file())
            .context("this must be run inside a checkout of Balloon'd")?
            .to_path_buf();
        let program = std::env::current_exe().context("this program cannot find itself")?;
        Ok(Self { root, program, release })
    }

    /// The git-ignored folder that holds everything the local stack keeps.
    pub fn data(&self) -> PathBuf {
        self.root.join(".data")
    }

    /// A binary of the apps, such as `balloond-api`: beside this one, or the release build's.
    pub fn binary(&self, name: &str) -> PathBuf {
        if self.release { self.root.join("target/release").join(name) } else { self.program.with_file_name(name) }
    }

    /// The site folder that belongs to the apps.
    pub fn site(&self) -> PathBuf {
        self.root.join(if self.release { "site" } else { "target/site" })
    }

    /// A path as a person in the repository would type it.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}
