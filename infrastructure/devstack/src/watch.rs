//! Watching the sources, and knowing what a change asks to be built.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::workspace::Workspace;

/// Editors write in bursts: a change counts as complete after this much silence.
const SILENCE: Duration = Duration::from_millis(120);

/// What a change touches.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Change {
    /// The servers: Rust sources and migrations.
    pub servers: bool,
    /// The browser's side: islands, what they share, styles and public files.
    pub browser: bool,
    pub migrations: bool,
    /// The first file, to be shown.
    pub file: PathBuf,
}

impl Change {
    /// What one file, relative to the repository, touches; `None` when nothing is built from it.
    pub fn of(file: &Path) -> Option<Self> {
        let kind = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let migrations = file.starts_with("migrations") && kind == "sql";
        let source = matches!(kind, "rs" | "toml");
        let public = file.starts_with("apps/web/public");
        let style = file.starts_with("apps/web/style") && kind == "css";
        let islands =
            file.starts_with("apps/web") || file.starts_with("packages/shared") || file == Path::new("Cargo.toml");
        let change = Self {
            servers: source || migrations,
            browser: public || style || (source && islands),
            migrations,
            file: file.to_path_buf(),
        };
        (change.servers || change.browser).then_some(change)
    }

    fn merge(self, other: Self) -> Self {
        Self {
            servers: self.servers || other.servers,
            browser: self.browser || other.browser,
            migrations: self.migrations || other.migrations,
            file: self.file,
        }
    }
}

/// Tells of changes to the sources.
pub struct Watch {
    root: PathBuf,
    events: UnboundedReceiver<PathBuf>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    pub fn start(workspace: &Workspace) -> Result<Self> {
        let (sender, events) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            for path in event.ok().filter(changes_content).map(|event| event.paths).unwrap_or_default() {
                let _ = sender.send(path);
            }
        })
        .context("the sources cannot be watched")?;
        for (place, mode) in [
            ("apps", RecursiveMode::Recursive),
            ("packages", RecursiveMode::Recursive),
            ("migrations", RecursiveMode::Recursive),
            ("", RecursiveMode::NonRecursive),
        ] {
            let path = workspace.root.join(place);
            watcher.watch(&path, mode).with_context(|| format!("{} cannot be watched", path.display()))?;
        }
        Ok(Self { root: workspace.root.clone(), events, _watcher: watcher })
    }

    /// Waits for the next change, and for silence after it.
    pub async fn next(&mut self) -> Change {
        let mut change = loop {
            let Some(path) = self.events.recv().await else { return std::future::pending().await };
            if let Some(change) = self.change(&path) {
                break change;
            }
        };
        while let Ok(Some(path)) = tokio::time::timeout(SILENCE, self.events.recv()).await {
            if let Some(more) = self.change(&path) {
                change = change.merge(more);
            }
        }
        change
    }

    fn change(&self, path: &Path) -> Option<Change> {
        Change::of(path.strip_prefix(&self.root).ok()?)
    }
}

fn changes_content(event: &Event) -> bool {
    match event.kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(kind) => !matches!(kind, ModifyKind::Metadata(_)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str) -> (bool, bool, bool) {
        Change::of(Path::new(file))
            .map(|change| (change.servers, change.browser, change.migrations))
            .unwrap_or_default()
    }

    #[test]
    fn a_change_builds_what_depends_on_it() {
        assert_eq!(of("packages/domain/src/lib.rs"), (true, false, false));
        assert_eq!(of("packages/shared/src/lib.rs"), (true, true, false));
        assert_eq!(of("apps/web/src/pages/chat.rs"), (true, true, false));
        assert_eq!(of("apps/web/style/main.css"), (false, true, false));
        assert_eq!(of("apps/web/public/favicon.svg"), (false, true, false));
        assert_eq!(of("migrations/0001_people/up.sql"), (true, false, true));
        assert_eq!(of("Cargo.toml"), (true, true, false));
    }

    #[test]
    fn editors_droppings_and_notes_build_nothing() {
        for file in ["apps/web/src/.main.rs.swp", "apps/api/src/main.rs~", "migrations/README.md", "Cargo.lock"] {
            assert_eq!(of(file), (false, false, false), "{file}");
        }
    }
}
