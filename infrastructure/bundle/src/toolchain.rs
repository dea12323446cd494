//! A compiler for the browser: the active toolchain with the wasm target, which rustup may fetch; where it cannot, the
//! distribution's own compiler, for which a standard library is built once from its packaged source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{report, say};

const TARGET: &str = "wasm32-unknown-unknown";
/// Forces one route: `rustup` or `debian`.
const CHOICE: &str = "BALLOOND_WASM_TOOLCHAIN";
const DEBIAN_PACKAGES: &str = "rustc-web cargo-web rust-web-src lld-19";

/// A way to compile for the browser.
pub enum Toolchain {
    /// The toolchain that also builds the servers.
    Active,
    Distribution {
        linker: PathBuf,
        sysroot: PathBuf,
    },
}

impl Toolchain {
    pub fn find(root: &Path) -> Result<Self> {
        match std::env::var(CHOICE).as_deref() {
            Ok("rustup") if active_has_target(root) || rustup_adds_target(root) => Ok(Self::Active),
            Ok("rustup") => bail!("rustup could not add the target {TARGET}"),
            Ok("debian") => Self::distribution(),
            Ok("") | Err(_) if active_has_target(root) || rustup_adds_target(root) => Ok(Self::Active),
            Ok("") | Err(_) => Self::distribution(),
            Ok(other) => bail!("{CHOICE} is `{other}`, which is neither `rustup` nor `debian`"),
        }
    }

    fn distribution() -> Result<Self> {
        let missing = || {
            format!(
                "the target {TARGET} is missing: `rustup target add {TARGET}`, or where rustup has no route, on Debian: \
                 apt-get install {DEBIAN_PACKAGES}"
            )
        };
        let compiler = Path::new(DISTRIBUTION_RUSTC);
        let version = output(Command::new(compiler).arg("-vV")).with_context(missing)?;
        let source = output(Command::new(compiler).args(["--print", "sysroot"]))
            .map(|sysroot| PathBuf::from(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.toml"));
        if !Path::new(DISTRIBUTION_CARGO).is_file() || !source.is_some_and(|file| file.is_file()) {
            bail!(missing());
        }
        let linker = wasm_linker().with_context(missing)?;
        let sysroot = cache()?.join(format!("rustc-{}", release(&version)));
        if !library(&sysroot).join("complete").is_file() {
            build_standard_library(&sysroot, &linker)?;
        }
        Ok(Self::Distribution { linker, sysroot })
    }

    /// `cargo`, ready for the target.
    pub fn cargo(&self) -> Command {
        match self {
            Self::Active => Command::new("cargo"),
            Self::Distribution { linker, sysroot } => {
                let mut cargo = distribution_cargo(linker);
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", format!("--sysroot={}", sysroot.display()));
                cargo
            }
        }
    }
}

const DISTRIBUTION_RUSTC: &str = "/usr/bin/rustc";
const DISTRIBUTION_CARGO: &str = "/usr/bin/cargo";

fn distribution_cargo(linker: &Path) -> Command {
    let mut cargo = Command::new(DISTRIBUTION_CARGO);
    cargo.env("RUSTC", DISTRIBUTION_RUSTC).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER");
    cargo
}

fn active_has_target(root: &Path) -> bool {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root));
    sysroot.is_some_and(|sysroot| library(Path::new(sysroot.trim())).is_dir())
}

fn rustup_adds_target(root: &Path) -> bool {
    say(&format!("asking rustup for the target {TARGET}"));
    let added = Command::new("rustup").args(["target", "add", TARGET]).current_dir(root).status();
    added.is_ok_and(|status| status.success()) && active_has_target(root)
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

/// `wasm-ld`, under whichever version's name the distribution installs it.
fn wasm_linker() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/bin")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix("wasm-ld")?.trim_start_matches('-');
            let version = if version.is_empty() { u32::MAX } else { version.parse().ok()? };
            Some((version, entry.path()))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path)
}

/// Shared by all checkouts of this user, as the same compiler makes the same library.
fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .context("neither HOME nor XDG_CACHE_HOME is set")?;
    Ok(base.join("balloond/wasm-sysroot"))
}

/// The release and commit that `rustc -vV` tells, as part of a file name.
fn release(version: &str) -> String {
    let value = |key: &str| version.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("unknown").trim();
    format!("{}-{}", value("release:"), value("commit-hash:").get(..9).unwrap_or("unknown"))
}

/// Builds `std` for the browser with cargo's own `build-std`, and lays it where a sysroot has it. Once, about a minute.
fn build_standard_library(sysroot: &Path, linker: &Path) -> Result<()> {
    let since = Instant::now();
    say("building the standard library for the browser with the distribution's compiler, once");
    let work = sysroot.with_extension("work");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("{} cannot be removed", work.display()))?;
    }
    fs::create_dir_all(work.join("src")).with_context(|| format!("{} cannot be made", work.display()))?;
    fs::write(work.join("src/lib.rs"), "")?;
    fs::write(work.join("Cargo.toml"), "[package]\nname = \"sysroot\"\nedition = \"2024\"\n\n[workspace]\n")?;

    let status = distribution_cargo(linker)
        .args(["build", "--release", "-Z", "build-std=std,panic_abort", "--target", TARGET, "--target-dir", "target"])
        .env("RUSTC_BOOTSTRAP", "1")
        // Without bitcode the release could not be optimised as a whole.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cembed-bitcode=yes")
        .current_dir(&work)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("the standard library for the browser could not be built");
    }
    let destination = library(sysroot);
    fs::create_dir_all(&destination).with_context(|| format!("{} cannot be made", destination.display()))?;
    for entry in fs::read_dir(work.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rlib")
            && let Some(name) = path.file_name()
            && !name.to_string_lossy().starts_with("libsysroot-")
        {
            fs::copy(&path, destination.join(name))?;
        }
    }
    fs::write(destination.join("complete"), "")?;
    fs::remove_dir_all(&work).ok();
    report("standard library", since);
    Ok(())
}

/// What a command prints, if it succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
