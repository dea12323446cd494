//! What a page tells of how it was seen: its pattern and how quick it was, nothing of who saw it.

use chrono::NaiveDate;

use crate::error::FieldErrors;

/// Days that are shown.
pub const SHOWN_DAYS: i64 = 30;

/// The steps in which values are counted, milliseconds or thousandths: fine where people feel it, with the limits of every metric
/// among them.
pub const STEPS: [i32; 36] = [
    10, 20, 30, 40, 50, 75, 100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 700, 800, 1000, 1200, 1500, 1800,
    2100, 2500, 3000, 3500, 4000, 5000, 6000, 8000, 10_000, 15_000, 20_000, 30_000, 60_000,
];

/// A Web Vital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vital {
    /// Largest Contentful Paint: when most of the page is seen.
    Lcp,
    /// Interaction to Next Paint: how long it takes to answer.
    Inp,
    /// Cumulative Layout Shift: how much jumps, in thousandths.
    Cls,
    /// Time To First Byte.
    Ttfb,
}

/// How a value is to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    Good,
    NeedsWork,
    Poor,
}

impl Vital {
    pub const ALL: [Self; 4] = [Self::Lcp, Self::Inp, Self::Cls, Self::Ttfb];

    /// Its name in reports and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lcp => "lcp",
            Self::Inp => "inp",
            Self::Cls => "cls",
            Self::Ttfb => "ttfb",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vital| vital.name() == name)
    }

    /// Good up to the first, poor above the second (<https://web.dev/articles/vitals>).
    #[must_use]
    pub const fn limits(self) -> (i32, i32) {
        match self {
            Self::Lcp => (2500, 4000),
            Self::Inp => (200, 500),
            Self::Cls => (100, 250),
            Self::Ttfb => (800, 1800),
        }
    }

    /// More than this is no measurement.
    #[must_use]
    pub const fn largest(self) -> i32 {
        if matches!(self, Self::Cls) { 10_000 } else { 60_000 }
    }

    #[must_use]
    pub fn rating(self, value: f64) -> Rating {
        let (good, poor) = self.limits();
        if value <= f64::from(good) {
            Rating::Good
        } else if value <= f64::from(poor) {
            Rating::NeedsWork
        } else {
            Rating::Poor
        }
    }
}

/// `POST /views`: a page was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageView {
    /// The pattern of its address.
    pub route: String,
    /// What its browser measured, each at most once.
    pub vitals: Vec<(Vital, i32)>,
}

impl PageView {
    /// Reads the fields of a report; `is_page` knows the patterns of our pages.
    pub fn parse(fields: &[(String, String)], is_page: impl FnOnce(&str) -> bool) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (mut route, mut vitals) = (None, Vec::new());
        for (name, value) in fields {
            match Vital::by_name(name) {
                Some(vital) if vitals.iter().any(|(known, _)| *known == vital) => {
                    errors.push(vital.name(), "not_allowed", "Once is enough.");
                }
                Some(vital) => match value.parse() {
                    Ok(number) if (0..=vital.largest()).contains(&number) => vitals.push((vital, number)),
                    _ => errors.push(vital.name(), "out_of_range", "This was not measured."),
                },
                None if name == "route" && route.is_none() => route = Some(value.clone()),
                None => errors.push("route", "not_allowed", "A page tells its pattern once, and what was measured."),
            }
        }
        let route = route.filter(|route| is_page(route));
        match route {
            Some(route) if errors.is_empty() => Ok(Self { route, vitals }),
            Some(_) => Err(errors),
            None => {
                errors.push("route", "not_allowed", "This is not a page of ours.");
                Err(errors)
            }
        }
    }
}

/// The step that a value is counted under.
#[must_use]
pub fn step(value: i32) -> i32 {
    STEPS.into_iter().find(|step| value <= *step).unwrap_or(value)
}

/// The value that three quarters of all stay at or below, from counts by step: even within a step. `None` of nothing.
#[must_use]
pub fn p75(counts: &[(i32, i64)]) -> Option<f64> {
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    let wanted = total as f64 * 0.75;
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    let mut passed = 0.0;
    for (up_to, count) in counts {
        if count > 0 && passed + count as f64 >= wanted {
            let from = STEPS.into_iter().rev().find(|step| *step < up_to).unwrap_or(0);
            let share = (wanted - passed) / count as f64;
            return Some(f64::from(from) + f64::from(up_to - from) * share);
        }
        passed += count as f64;
    }
    None
}

/// What is shown of all pages: the last [`SHOWN_DAYS`] days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageViews {
    /// Every day, oldest first, today last.
    pub days: Vec<(NaiveDate, i64)>,
    /// The most seen first.
    pub routes: Vec<RouteViews>,
}

/// What is shown of one page.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteViews {
    pub route: String,
    pub views: i64,
    /// Three quarters of the views were at least as quick.
    pub p75: Vec<(Vital, f64)>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(fields: &[(&str, &str)]) -> Result<PageView, Vec<String>> {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PageView::parse(&fields, |route| route == "/people/{id}")
            .map_err(|errors| errors.0.iter().map(|error| error.field.clone()).collect())
    }

    #[test]
    fn a_report_is_a_known_pattern_and_what_can_be_measured() {
        let view = parsed(&[("route", "/people/{id}"), ("lcp", "1234"), ("cls", "0")]).unwrap();
        assert_eq!(view.vitals, [(Vital::Lcp, 1234), (Vital::Cls, 0)]);
        assert_eq!(parsed(&[("route", "/people/{id}")]).unwrap().vitals, []);
        assert_eq!(parsed(&[("route", "/people/0192")]).unwrap_err(), ["route"]);
        assert_eq!(parsed(&[("lcp", "1")]).unwrap_err(), ["route"]);
        for absurd in ["-1", "60001", "1.5", "NaN", "1e3", "", "99999999999999999999"] {
            assert_eq!(parsed(&[("route", "/people/{id}"), ("lcp", absurd)]).unwrap_err(), ["lcp"], "{absurd}");
        }
        assert_eq!(parsed(&[("route", "/people/{id}"), ("cls", "10001")]).unwrap_err(), ["cls"]);
        assert_eq!(parsed(&[("route", "/people/{id}"), ("inp", "1"), ("inp", "2")]).unwrap_err(), ["inp"]);
        assert_eq!(parsed(&[("route", "/people/{id}"), ("user", "ada")]).unwrap_err(), ["route"]);
    }

    #[test]
    fn the_limits_are_steps_and_the_steps_rise() {
        assert!(STEPS.windows(2).all(|pair| pair[0] < pair[1]));
        for vital in Vital::ALL {
            let (good, poor) = vital.limits();
            assert!(STEPS.contains(&good) && STEPS.contains(&poor) && STEPS.contains(&vital.largest()), "{vital:?}");
            assert_eq!(Vital::by_name(vital.name()), Some(vital));
            let ratings = [good, good + 1, poor, poor + 1].map(|value| vital.rating(value.into()));
            assert_eq!(ratings, [Rating::Good, Rating::NeedsWork, Rating::NeedsWork, Rating::Poor]);
        }
    }

    #[test]
    fn three_quarters_are_found_within_a_step() {
        assert_eq!(p75(&[]), None);
        assert_eq!(p75(&[(100, 4)]), Some(93.75));
        assert_eq!(p75(&[(2500, 1), (10, 3)]), Some(10.0));
        assert_eq!((step(0), step(10), step(11), step(60_000)), (10, 10, 20, 60_000));
    }

    proptest! {
        /// Whatever was measured, it is told no worse and no better than the steps are apart.
        #[test]
        fn what_is_told_is_in_the_step_of_what_was_measured(mut values in prop::collection::vec(0..=60_000, 1..200)) {
            let counts: Vec<_> = values.iter().map(|value| (step(*value), 1)).collect();
            let mut merged = std::collections::BTreeMap::new();
            for (step, count) in counts {
                *merged.entry(step).or_insert(0) += count;
            }
            values.sort_unstable();
            let exact = values[(values.len() * 3).div_ceil(4) - 1];
            let told = p75(&merged.into_iter().collect::<Vec<_>>()).unwrap();
            prop_assert!(told <= f64::from(step(exact)));
            let below = STEPS.into_iter().rev().find(|it| *it < step(exact)).unwrap_or(0);
            prop_assert!(told >= f64::from(below));
        }
    }
}
