//! What so many people cost: what was measured of each action, times how often people act, held against price lists. Pure arithmetic
//! over three files, each with its date and its reasons.

pub mod bill;
pub mod demand;
pub mod measured;
pub mod mix;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

/// Where the files are.
pub const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Reads one of the files.
///
/// # Errors
///
/// It cannot be read, or has a hole: where and which is said.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as it should be", file.display()))
}

#[cfg(test)]
mod tests {
    use std::env::temp_dir;

    use super::*;
    use crate::{bill::Prices, demand::Demand, measured::Measured, mix::Mix};

    #[test]
    fn the_files_here_fit_each_other() {
        let file = |name: &str| Path::new(FOLDER).join(name);
        let measured: Measured = read(&file("measured.json")).unwrap();
        let mix: Mix = read(&file("mix.json")).unwrap();
        let prices: Prices = read(&file("prices.json")).unwrap();
        assert!(measured.actions.keys().eq(mix.actions.keys()), "one has an action that the other has not");
        assert_eq!(measured.idle_minute.redis_commands, 0.0, "nobody is there, and Redis is asked");
        for aim in &prices.aims {
            let demand = Demand::of(&measured, &mix, aim.people.into()).unwrap();
            let totals = prices.layouts.iter().filter_map(|layout| layout.bill(&demand).ok());
            let cheapest =
                totals.map(|lines| lines.iter().map(|line| line.dollars).sum::<f64>()).fold(f64::INFINITY, f64::min);
            assert!(cheapest <= aim.dollars, "{} people cost {cheapest}", aim.people);
        }
    }

    #[test]
    fn a_file_with_a_hole_is_named_with_the_hole() {
        let file = temp_dir().join(format!("balloond-cost-{}.json", std::process::id()));
        fs::write(&file, r#"{"date": "2026-01-31", "note": "", "aims": []}"#).unwrap();
        let error = format!("{:#}", read::<Prices>(&file).unwrap_err());
        fs::remove_file(&file).unwrap();
        assert!(error.contains("balloond-cost-") && error.contains("missing field `layouts`"), "{error}");
        let error = format!("{:#}", read::<Prices>(&file).unwrap_err());
        assert!(error.contains("cannot be read"), "{error}");
    }
}
