//! Prometheus' text format, version 0.0.4.

use std::fmt::{Display, Write};

use crate::{BOUNDS, Histogram};

/// What is told when somebody asks: families of numbers, one after the other.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// What only grows; its name ends with `_total`. Labels as [`label`] writes them, joined by commas.
    pub fn counter<V: Display>(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = (String, V)>) {
        self.family(name, "counter", help, samples);
    }

    /// What comes and goes.
    pub fn gauge<V: Display>(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = (String, V)>) {
        self.family(name, "gauge", help, samples);
    }

    /// How long things took, in seconds; its name ends with `_seconds`.
    pub fn histogram<'a>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (String, &'a Histogram)>,
    ) {
        self.head(name, "histogram", help);
        for (labels, histogram) in samples {
            let comma = if labels.is_empty() { "" } else { "," };
            let (counts, sum) = histogram.read();
            let mut total = 0;
            for (count, bound) in counts.zip(BOUNDS.iter().map(|(_, bound)| *bound).chain(["+Inf"])) {
                total += count;
                self.line(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"{bound}\""), total);
            }
            self.line(&format!("{name}_sum"), &labels, sum);
            self.line(&format!("{name}_count"), &labels, total);
        }
    }

    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn family<V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = (String, V)>,
    ) {
        self.head(name, kind, help);
        for (labels, value) in samples {
            self.line(name, &labels, value);
        }
    }

    /// Writing to a text does not fail.
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "{name} {value}"),
            labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
        };
    }
}

/// `name="value"`, whatever is in the value.
#[must_use]
pub fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_histogram_counts_up_to_each_bound() {
        let times = Histogram::new();
        for micros in [100, 101, 3_000, 9_000_000] {
            times.observe(Duration::from_micros(micros));
        }
        let mut page = Page::default();
        page.histogram("x_seconds", "Times.", [(label("route", "/"), &times)]);
        let text = page.into_text();
        for line in [
            "# TYPE x_seconds histogram",
            "x_seconds_bucket{route=\"/\",le=\"0.0001\"} 1",
            "x_seconds_bucket{route=\"/\",le=\"0.00025\"} 2",
            "x_seconds_bucket{route=\"/\",le=\"0.005\"} 3",
            "x_seconds_bucket{route=\"/\",le=\"5\"} 3",
            "x_seconds_bucket{route=\"/\",le=\"+Inf\"} 4",
            "x_seconds_sum{route=\"/\"} 9.003201",
            "x_seconds_count{route=\"/\"} 4",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in:\n{text}");
        }
    }

    #[test]
    fn a_label_stays_a_label() {
        assert_eq!(label("a", "b\"c\\d\ne"), "a=\"b\\\"c\\\\d\\ne\"");
    }
}
