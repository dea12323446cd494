//! The style sheets: one file, imports inlined, layers kept, minified.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

/// Bundles the sheet at `entry` with everything that it imports.
pub fn bundle(entry: &Path) -> Result<String> {
    if !entry.is_file() {
        return Err(anyhow!("{} does not exist", entry.display()));
    }
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("{error}")).context("the styles cannot be read")?;
    let targets = Targets::from(oldest_browsers());
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error}"))
        .context("the styles cannot be minified")?;
    let printed = sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() });
    Ok(printed.map_err(|error| anyhow!("{error}")).context("the styles cannot be written")?.code)
}

/// Nesting, layers and `light-dark()` are turned into what these understand, where that is needed.
fn oldest_browsers() -> Browsers {
    let version = |major: u32, minor: u32| Some(major << 16 | minor << 8);
    Browsers {
        chrome: version(111, 0),
        edge: version(111, 0),
        firefox: version(113, 0),
        safari: version(16, 4),
        ios_saf: version(16, 4),
        ..Browsers::default()
    }
}
