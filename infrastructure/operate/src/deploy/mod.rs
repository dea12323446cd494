//! Rolling a release out on one machine, and going back by itself when it does not serve.
//!
//! ```text
//! ROOT/releases/NAME/bin/…   what `just release` made
//! ROOT/current               a link to one of them; the units start what is behind it
//! ROOT/env                   the settings, NAME=value
//! ROOT/units                 a line each: UNIT, and the URL that tells when it serves, or - where there is none
//! ```

mod layout;
mod roll;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use layout::Layout;
use roll::Units;

/// What to deploy, and how.
pub struct Deploy {
    pub root: PathBuf,
    /// A folder that `just release` made.
    pub release: PathBuf,
    /// The command that restarts the unit named by its last argument.
    pub restart: String,
    /// How long a unit has until it serves.
    pub patience: Duration,
    /// Say what would be done, and do nothing.
    pub is_dry: bool,
}

/// Checks the settings, migrates, switches and restarts unit by unit; on a failure switches back.
///
/// # Errors
///
/// When the release was not rolled out. Everything runs as before, unless the error says otherwise.
pub async fn run(deploy: &Deploy) -> Result<()> {
    let layout = Layout::new(&deploy.root)?;
    let units = Units::read(&deploy.root, &deploy.restart, deploy.patience)?;
    let name = layout::name(&deploy.release)?;
    let before = layout.current()?;
    if deploy.is_dry {
        return rehearse(deploy, &units, &name, before.as_deref());
    }
    say(&format!("checking the settings with {name}"));
    layout.run(&deploy.release, "config").context("the settings do not fit this release; nothing was changed")?;
    layout.install(&deploy.release, &name)?;
    let release = layout.release(&name);
    say("migrating");
    layout.run(&release, "migrate").context("the migration failed; nothing was switched")?;
    layout.switch(&name)?;
    let Err(fault) = units.roll().await else {
        layout.prune(&name, before.as_deref())?;
        say(&format!("{name} serves"));
        return Ok(());
    };
    go_back(&layout, &units, before.as_deref(), &fault).await?;
    bail!("{name} was not rolled out: {fault:#}")
}

/// The schema works with the release before it: migrations only expand.
async fn go_back(layout: &Layout, units: &Units, before: Option<&str>, fault: &anyhow::Error) -> Result<()> {
    let Some(before) = before else { bail!("the first release does not serve: {fault:#}") };
    say(&format!("it does not serve ({fault:#}); going back to {before}"));
    layout.switch(before)?;
    units.roll().await.with_context(|| format!("{before} does not serve any more either, after: {fault:#}"))?;
    say(&format!("{before} serves again"));
    Ok(())
}

fn rehearse(deploy: &Deploy, units: &Units, name: &str, before: Option<&str>) -> Result<()> {
    let (root, release) = (deploy.root.display(), deploy.release.display());
    say(&format!("would check {root}/env with {release}/bin/balloond-api config"));
    say(&format!("would copy {release} to {root}/releases/{name}"));
    say(&format!("would run {root}/releases/{name}/bin/balloond-api migrate"));
    say(&format!("would point {root}/current to {name} (now {})", before.unwrap_or("nothing")));
    for step in units.steps() {
        say(&format!("would {step}"));
    }
    say(&format!("on a failure: would point {root}/current back, and restart the same"));
    Layout::new(Path::new(&deploy.root))?
        .run(&deploy.release, "config")
        .context("but the settings do not fit this release")
}

fn say(text: &str) {
    println!("deploy: {text}");
}
