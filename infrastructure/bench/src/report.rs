//! The table.

use std::time::Duration;

/// Collects lines, prints them once at the end.
#[derive(Default)]
pub struct Report(Vec<[String; 3]>);

impl Report {
    /// What was measured, and what is aimed at; nothing, where it only stands beside another.
    pub fn line(&mut self, work: &str, found: impl Into<String>, aim: &str) {
        let found = found.into();
        eprintln!("  {work}: {found}");
        self.0.push([work.to_owned(), found, aim.to_owned()]);
    }

    pub fn print(&self) {
        if self.0.is_empty() {
            return;
        }
        let width = |column: usize, least: usize| {
            self.0
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .max(least)
        };
        let (work, found, aim) = (width(0, 4), width(1, 8), width(2, 3));
        println!("| {:work$} | {:found$} | {:aim$} |", "work", "measured", "aim");
        println!("| {:-<work$} | {:-<found$} | {:-<aim$} |", "", "", "");
        for [done, measured, wanted] in &self.0 {
            println!("| {done:work$} | {measured:found$} | {wanted:aim$} |");
        }
    }
}

/// The `percent`-th percentile of sorted durations.
pub fn percentile(sorted: &[Duration], percent: f64) -> Duration {
    let rank = (sorted.len() as f64 * percent / 100.0) as usize;
    sorted.get(rank.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// In milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
