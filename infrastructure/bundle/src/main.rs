//! Bundles the browser's side of Balloon'd into a site folder: the islands as wasm, the styles, the public files, all under
//! names that carry a hash of their content, and for a release compressed beforehand.

mod shrink;
mod site;
mod style;
mod toolchain;
mod wasm;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;

use crate::site::Site;
use crate::toolchain::Toolchain;

/// Makes `target/site`, or with --release `site`.
#[derive(Parser)]
struct Arguments {
    /// Small and compressed, for people; otherwise quick to build, for developers
    #[arg(long)]
    release: bool,
    /// Make nothing, but lint what compiles for the browser
    #[arg(long, conflicts_with_all = ["release", "site"])]
    check: bool,
    /// Where to put it instead
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

fn main() -> ExitCode {
    match bundle(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bundle(arguments: &Arguments) -> Result<()> {
    let root = repository()?;
    let toolchain = Toolchain::find(&root)?;
    if arguments.check {
        return wasm::check(&root, &toolchain);
    }
    let since = Instant::now();
    let islands = wasm::build(&root, &toolchain, arguments.release)?;
    report("islands", since);

    let since = Instant::now();
    let mut site = Site::default();
    for (names, islands) in islands {
        site.add_islands(&names, islands);
    }
    site.add_style(style::bundle(&root.join("apps/web/style/main.css"))?);
    site.add_public(&root.join("apps/web/public"))?;
    let default = if arguments.release { "site" } else { "target/site" };
    let folder = arguments.site.clone().unwrap_or_else(|| root.join(default));
    let sizes = site.write(&folder, arguments.release)?;
    report("styles and files", since);
    say(&sizes);
    Ok(())
}

/// The checkout around the current directory.
fn repository() -> Result<PathBuf> {
    let here = std::env::current_dir().context("the current directory cannot be read")?;
    here.ancestors()
        .find(|dir| dir.join("apps/web/Cargo.toml").is_file())
        .map(PathBuf::from)
        .context("this must be run inside a checkout of Balloon'd")
}

fn report(what: &str, since: Instant) {
    say(&format!("{what} ({:.1} s)", since.elapsed().as_secs_f64()));
}

/// A line in the manner of the stack's other parts.
fn say(text: &str) {
    println!("{:<10}│ {text}", "bundle");
}
