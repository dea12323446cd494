//! Backups: a folder (the vault) in which everything is encrypted.
//!
//! ```text
//! objects/3f/3f9a…       one object of the bucket, shared by all backups: it never changes under its key
//! backups/TIME/database  pg_dump's own format, of one snapshot
//! backups/TIME/manifest  rows and checksums of every table, and the objects; written last, so that one without is none
//! ```
//!
//! Objects are copied before the database's snapshot is taken, and again after it: so each photo of the snapshot is there, also
//! when it was deleted meanwhile. A run that broke off is carried on by the next: objects that are in the vault stay there.

mod create;
mod dump;
mod manifest;
mod objects;
mod restore;
mod seal;
mod tables;
mod vault;

pub use create::create;
pub use restore::restore;

use std::path::Path;

use anyhow::Result;
use vault::Vault;

use crate::progress::size;

/// Prints the backups that a vault has, the oldest first.
///
/// # Errors
///
/// When the folder cannot be read, or was sealed with another key.
pub fn list(folder: &Path) -> Result<()> {
    let vault = Vault::open(folder)?;
    for name in vault.backups()? {
        let manifest = vault.manifest(&name)?;
        let rows: i64 = manifest.tables.iter().map(|table| table.rows).sum();
        let bytes: u64 = manifest.objects.iter().map(|object| object.size).sum();
        println!("{name}  {rows} rows, {} objects of {}", manifest.objects.len(), size(bytes));
    }
    Ok(())
}
