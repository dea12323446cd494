//! Ages. No birth date is collected: a row keeps the age that was given and the day it was given.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::error::Fault;

/// 18 to 120 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Age(i16);

impl Age {
    pub const MIN: i16 = 18;
    pub const MAX: i16 = 120;

    pub fn parse(years: i64) -> Result<Self, Fault> {
        match i16::try_from(years) {
            Ok(years) if years < Self::MIN => {
                Err(Fault::new("out_of_range", "Balloon'd is for people of 18 and over."))
            }
            Ok(years) if years <= Self::MAX => Ok(Self(years)),
            _ => Err(Fault::new("out_of_range", "An age is a number from 18 to 120.")),
        }
    }

    #[must_use]
    pub const fn years(self) -> i16 {
        self.0
    }
}

/// The age to show on `today`: one year older at each anniversary of the day it was given, at most 120.
#[must_use]
pub fn current_age(age: i16, given_on: NaiveDate, today: NaiveDate) -> i16 {
    let anniversary_passed = (today.month(), today.day()) >= (given_on.month(), given_on.day());
    let years = today.year() - given_on.year() - i32::from(!anniversary_passed);
    let years = i16::try_from(years.max(0)).unwrap_or(Age::MAX);
    age.saturating_add(years).min(Age::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn an_age_grows_on_the_anniversary() {
        assert_eq!(current_age(30, day(2024, 6, 15), day(2025, 6, 14)), 30);
        assert_eq!(current_age(30, day(2024, 6, 15), day(2025, 6, 15)), 31);
        assert_eq!(current_age(30, day(2024, 2, 29), day(2025, 3, 1)), 31);
    }

    #[test]
    fn a_clock_that_went_back_takes_no_year_away_and_nobody_passes_120() {
        assert_eq!(current_age(30, day(2024, 6, 15), day(2023, 1, 1)), 30);
        assert_eq!(current_age(119, day(2000, 1, 1), day(2024, 1, 1)), 120);
    }

    #[test]
    fn only_adults() {
        assert!(Age::parse(17).is_err() && Age::parse(121).is_err() && Age::parse(i64::MAX).is_err());
        assert_eq!(Age::parse(18).unwrap().years(), 18);
    }
}
