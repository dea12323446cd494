//! The table.

use std::time::Duration;

/// Collects lines, prints them once at the end.
#[derive(Default)]
pub struct Report(Vec<(String, String)>);

impl Report {
    pub fn line(&mut self, work: &str, found: String) {
        eprintln!("  {work}: {found}");
        self.0.push((work.to_owned(), found));
    }

    pub fn print(&self) {
        let width = self.0.iter().map(|(work, _)| work.chars().count()).max().unwrap_or(0);
        println!("| {:width$} | measured |", "work");
        println!("| {:-<width$} | --- |", "");
        for (work, found) in &self.0 {
            println!("| {work:width$} | {found} |");
        }
    }
}

/// The `percent`-th percentile of sorted durations.
pub fn percentile(sorted: &[Duration], percent: f64) -> Duration {
    let rank = (sorted.len() as f64 * percent / 100.0) as usize;
    sorted.get(rank.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
