//! What is printed.

use std::time::Duration;

use crate::{
    faults::{Fault, Outcome, Recovery},
    tally::Counts,
    verify::Verdict,
};

/// With Redis away, messages are heard in this part of what a recovery may take: 2 s of 5.
const HEARD_WITHIN: f64 = 0.4;

/// One kind of fault.
pub struct Line {
    fault: Fault,
    pub strikes: Vec<Outcome>,
    counts: Counts,
}

impl Line {
    pub fn new(fault: Fault) -> Self {
        Self { fault, strikes: Vec::new(), counts: Counts::default() }
    }

    pub fn count(&mut self, before: Counts, after: Counts) {
        self.counts = Counts {
            acknowledged: after.acknowledged - before.acknowledged,
            put_off: after.put_off - before.put_off,
            unanswered: after.unanswered - before.unanswered,
        };
    }

    fn slowest(&self) -> Recovery {
        self.strikes.iter().map(|strike| strike.recovery).max().unwrap_or_default()
    }

    fn worst(&self) -> Duration {
        self.slowest().heard
    }

    fn median(&self) -> Duration {
        let mut all: Vec<Duration> = self.strikes.iter().map(|strike| strike.recovery.heard).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    /// What was promised for this fault and not kept.
    fn broken_promises(&self, limit: Duration) -> Vec<String> {
        let mut broken = Vec::new();
        if self.worst() > limit {
            broken.push(format!("{}: recovered only after {:.1} s", self.fault.name(), self.worst().as_secs_f64()));
        }
        if self.fault == Fault::StopRedis && self.counts.put_off + self.counts.unanswered > 0 {
            broken.push("stop-redis: not all sends succeeded".to_owned());
        }
        if let Some(late) = self.strikes.iter().filter_map(|strike| strike.heard_within).max()
            && late > limit.mul_f64(HEARD_WITHIN)
        {
            broken.push(format!("stop-redis: heard only after {:.1} s", late.as_secs_f64()));
        }
        let lies: usize = self.strikes.iter().map(|strike| strike.lies).sum();
        if lies > 0 {
            broken.push(format!("stop-redis: {lies} views were told who is online"));
        }
        broken
    }
}

#[derive(Default)]
pub struct Report {
    pub lines: Vec<Line>,
    pub verdict: Verdict,
    pub unexpected: Vec<String>,
    pub acknowledged: usize,
}

impl Report {
    /// Prints it all. True when nothing is amiss.
    pub fn print(&self, seed: u64, limit: Duration) -> bool {
        println!(
            "{:<18} {:>7} {:>12} {:>8} {:>10} {:>9} {:>9}",
            "fault", "strikes", "acknowledged", "503, 429", "no answer", "recovered", "at worst"
        );
        for line in &self.lines {
            let Counts { acknowledged, put_off, unanswered } = line.counts;
            println!(
                "{:<18} {:>7} {acknowledged:>12} {put_off:>8} {unanswered:>10} {:>7.2} s {:>7.2} s",
                line.fault.name(),
                line.strikes.len(),
                line.median().as_secs_f64(),
                line.worst().as_secs_f64(),
            );
            let Recovery { heard, connected, sent } = line.slowest();
            if heard > limit / 2 {
                let (connected, sent) = (connected.as_secs_f64(), sent.as_secs_f64());
                println!(
                    "{:<18} at worst all were connected after {connected:.2} s, all was sent after {sent:.2} s",
                    ""
                );
            }
            for heard in line.strikes.iter().filter_map(|strike| strike.heard_within) {
                println!("{:<18} without Redis everybody heard within {:.2} s", "", heard.as_secs_f64());
            }
        }
        let Verdict { lost, doubled, reordered, diverged, settled, views, stored } = &self.verdict;
        println!("acknowledged {}, stored {stored}, views compared {views}", self.acknowledged);
        println!("lost {lost}, doubled {doubled}, reordered {reordered}, diverged {diverged}");
        match settled {
            Some(time) => println!("all views up to date {:.2} s after the last act", time.as_secs_f64()),
            None => println!("not all views came up to date by themselves"),
        }
        let mut amiss: Vec<String> = self.lines.iter().flat_map(|line| line.broken_promises(limit)).collect();
        amiss.extend(self.unexpected.iter().take(20).cloned());
        amiss.iter().for_each(|what| println!("amiss: {what}"));
        let is_clean = self.verdict.is_clean() && amiss.is_empty();
        println!("seed {seed}: {}", if is_clean { "nothing is amiss" } else { "SOMETHING IS AMISS" });
        is_clean
    }
}
