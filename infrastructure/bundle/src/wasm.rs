//! The islands: the web crate compiled for the browser, with its JavaScript glue.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{shrink::shrink, toolchain::Toolchain};

/// What a page with islands loads.
pub struct Islands {
    pub js: String,
    pub wasm: Vec<u8>,
    /// Script pieces of crates, by their path below `snippets/`.
    pub snippets: BTreeMap<String, Vec<u8>>,
}

const NAME: &str = "balloond";
const FILE: &str = "balloond_web.wasm";
const TARGET: &str = "wasm32-unknown-unknown";
const SERVER_CRATES: &[&str] =
    &["actix-web", "argon2", "diesel", "hyper", "image", "redis", "ring", "rust-s3", "rustls", "tokio"];

/// The pages that load the same code, by the name that `assets.json` has for it, and the feature of `balloond-web` with their islands.
const CODES: [(&str, &str); 2] = [("pages", "forms"), ("chat", "chat")];

/// Compiles the islands and makes the glue, with the names of the codes that they are. For a release, each code is of its own and
/// optimised for size; a developer waits for one.
pub fn build(root: &Path, toolchain: &Toolchain, release: bool) -> Result<Vec<(Vec<&'static str>, Islands)>> {
    if !release {
        let (names, features): (Vec<_>, Vec<_>) = CODES.into_iter().unzip();
        return Ok(vec![(names, build_code(root, toolchain, "browser-dev", &features.join(","))?)]);
    }
    CODES
        .into_iter()
        .map(|(name, feature)| {
            // Cargo knows the compiled code by its file name, which is the same for each.
            let compiled = root.join("target/browser").join(TARGET).join("browser/deps").join(FILE);
            if compiled.exists() {
                fs::remove_file(&compiled).with_context(|| format!("{} cannot be removed", compiled.display()))?;
            }
            Ok((vec![name], build_code(root, toolchain, "browser", feature)?))
        })
        .collect()
}

fn build_code(root: &Path, toolchain: &Toolchain, profile: &str, features: &str) -> Result<Islands> {
    let target = root.join("target/browser");
    compile(root, toolchain, profile, features, &target)?;
    let compiled = target.join(TARGET).join(profile).join(FILE);
    let work = target.join("bindgen").join(format!("{profile}-{}", features.replace(',', "-")));
    bind(&compiled, &work, profile == "browser")?;
    collect(&work)
}

/// Lints the two crates that compile for the browser, and makes sure that `shared` brings no server along.
pub fn check(root: &Path, toolchain: &Toolchain) -> Result<()> {
    let dependencies = toolchain
        .cargo()
        .args(["tree", "--package", "balloond-shared", "--edges", "normal", "--prefix", "none", "--target", TARGET])
        .current_dir(root)
        .output()
        .context("cargo cannot be started")?;
    let dependencies = String::from_utf8_lossy(&dependencies.stdout).into_owned();
    if dependencies.is_empty() {
        bail!("cargo tree told nothing of balloond-shared");
    }
    let names = dependencies.lines().filter_map(|line| line.split(' ').next());
    if let Some(server) = names.into_iter().find(|name| SERVER_CRATES.contains(name)) {
        bail!("balloond-shared depends on {server}, which has no place in the browser");
    }
    // The distribution's toolchain has no clippy for the browser, but it still compiles.
    let lint = if matches!(toolchain, Toolchain::Active) { "clippy" } else { "check" };
    for arguments in [
        ["--package", "balloond-shared", "--lib"].as_slice(),
        ["--package", "balloond-web", "--lib", "--no-default-features", "--features", "hydrate,chat,forms"].as_slice(),
    ] {
        let mut cargo = toolchain.cargo();
        cargo.arg(lint).args(arguments).args(["--target", TARGET, "--target-dir"]).arg(root.join("target/browser"));
        if lint == "clippy" {
            cargo.args(["--", "--deny", "warnings"]);
        }
        if !cargo.current_dir(root).status().context("cargo cannot be started")?.success() {
            bail!("the browser's side has faults");
        }
    }
    Ok(())
}

/// The crate type is asked for here alone, so that building the server does not link a library that nobody loads.
fn compile(root: &Path, toolchain: &Toolchain, profile: &str, features: &str, target: &Path) -> Result<()> {
    let mut cargo = toolchain.cargo();
    cargo.args(["rustc", "--package", "balloond-web", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--no-default-features", "--features"]).arg(format!("hydrate,{features}"));
    cargo.args(["--target", TARGET, "--profile", profile, "--target-dir"]).arg(target);
    let status = cargo.current_dir(root).status().context("cargo cannot be started")?;
    if !status.success() {
        bail!("the islands do not compile");
    }
    Ok(())
}

/// Makes the glue into `work`, unless the wasm is the one it was made from before.
fn bind(compiled: &Path, work: &Path, release: bool) -> Result<()> {
    let input = fs::read(compiled).with_context(|| format!("{} cannot be read", compiled.display()))?;
    let stamp_file = work.join("stamp");
    let stamp = format!("{:?}", Sha256::digest(&input));
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    if work.exists() {
        fs::remove_dir_all(work).with_context(|| format!("{} cannot be removed", work.display()))?;
    }
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_bytes(NAME, input)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .remove_name_section(release)
                .remove_producers_section(release)
                .generate_output()
        })
        .map_err(|error| anyhow!("{error:#}"))
        .context("wasm-bindgen failed")?;
    output.emit(work).map_err(|error| anyhow!("{error:#}")).context("wasm-bindgen's files cannot be written")?;
    if release {
        let (wasm, script) = (work.join(format!("{NAME}_bg.wasm")), work.join(format!("{NAME}.js")));
        optimise(&wasm)?;
        let shrunk = shrink(&fs::read(&wasm)?, &fs::read_to_string(&script)?)?;
        fs::write(&wasm, shrunk.wasm)?;
        fs::write(&script, shrunk.script)?;
    }
    fs::write(&stamp_file, stamp).with_context(|| format!("{} cannot be written", stamp_file.display()))
}

fn optimise(wasm: &Path) -> Result<()> {
    let fresh = wasm.with_extension("small.wasm");
    let run = Command::new("wasm-opt")
        .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-reference-types"])
        .args(["--enable-multivalue", "--enable-sign-ext", "--enable-mutable-globals"])
        .arg(wasm)
        .arg("--output")
        .arg(&fresh)
        .status();
    match run {
        Ok(status) if status.success() => fs::rename(&fresh, wasm).context("the optimised wasm cannot be moved"),
        Ok(status) => bail!("wasm-opt failed ({status})"),
        Err(_) => {
            crate::say("wasm-opt is missing (package `binaryen`): the wasm stays about a fiftieth larger");
            Ok(())
        }
    }
}

fn collect(work: &Path) -> Result<Islands> {
    let read = |name: &str| fs::read(work.join(name)).with_context(|| format!("{name} was not made by wasm-bindgen"));
    let js = String::from_utf8(read(&format!("{NAME}.js"))?).context("wasm-bindgen's script is not UTF-8")?;
    let mut snippets = BTreeMap::new();
    let folder = work.join("snippets");
    let mut folders: Vec<PathBuf> = folder.is_dir().then(|| folder.clone()).into_iter().collect();
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
                snippets.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(Islands { js, wasm: read(&format!("{NAME}_bg.wasm"))?, snippets })
}
