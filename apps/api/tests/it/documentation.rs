//! The documents beside the code.

use std::{fs, path::Path};

use anyhow::{Context, Result};

#[test]
fn every_link_between_the_documents_and_the_code_leads_somewhere() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut dead = Vec::new();
    for folder in [".", "docs", "docs/adr"] {
        for entry in fs::read_dir(root.join(folder))?.flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
                let file = target.split('#').next().unwrap_or_default();
                if !path.parent().context("a document is in a folder")?.join(file).exists() {
                    dead.push(format!("{} → {target}", path.display()));
                }
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    Ok(())
}
