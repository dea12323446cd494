//! What is in a backup.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The release that made it.
    pub version: String,
    pub tables: Vec<Table>,
    pub objects: Vec<StoredObject>,
}

/// A table's content in two numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// With its schema.
    pub name: String,
    pub rows: i64,
    /// The sum of a part of each row's MD5: the same in any order, and on any version of Postgres.
    pub checksum: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    pub key: String,
    pub size: u64,
}

/// Compares two databases, and names the tables that differ.
pub fn compare(backup: &[Table], restored: &[Table]) -> Result<()> {
    let restored: BTreeMap<&str, &Table> = restored.iter().map(|table| (table.name.as_str(), table)).collect();
    let mut faults = Vec::new();
    for table in backup {
        match restored.get(table.name.as_str()) {
            Some(other) if *other == table => {}
            Some(other) => faults.push(format!("{} has {} rows instead of {}", table.name, other.rows, table.rows)),
            None => faults.push(format!("{} is not there", table.name)),
        }
    }
    if faults.is_empty() { Ok(()) } else { bail!("what was restored is not what was backed up: {}", faults.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_differs_or_is_missing_is_named() {
        let table = |name: &str, rows, checksum: &str| Table { name: name.into(), rows, checksum: checksum.into() };
        let backup = [table("public.a", 1, "7"), table("public.b", 2, "8"), table("public.c", 3, "9")];
        assert!(compare(&backup, &backup).is_ok());
        let error = compare(&backup, &[table("public.a", 1, "7"), table("public.b", 2, "0")]).unwrap_err().to_string();
        assert!(!error.contains("public.a") && error.contains("public.b") && error.contains("public.c is not there"));
    }
}
