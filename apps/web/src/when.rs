//! Times as people read them. The server knows no zone and writes UTC; the browser puts the reader's own in its place.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Timelike, Utc, Weekday};

use crate::browser;

/// Whose clock a time is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Utc,
    /// The reader's: known in the browser alone.
    Reader,
}

impl Zone {
    fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        let minutes_behind = match self {
            Self::Utc => 0,
            Self::Reader => minutes_behind_utc(at),
        };
        at.naive_utc() - Duration::minutes(minutes_behind)
    }

    /// The day a moment falls on.
    #[must_use]
    pub fn day(self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date()
    }

    /// `14:05`.
    #[must_use]
    pub fn clock(self, at: DateTime<Utc>) -> String {
        let local = self.local(at);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// `Today`, `Yesterday`, `Monday`, `12 March`, `12 March 2025`.
    #[must_use]
    pub fn day_name(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let (day, today) = (self.day(at), self.day(now));
        match (today - day).num_days() {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            2..=6 => weekday(day.weekday()).to_owned(),
            _ if day.year() == today.year() => format!("{} {}", day.day(), month(day)),
            _ => format!("{} {} {}", day.day(), month(day), day.year()),
        }
    }

    /// As short as it can be said: `14:05` for today, then the name of the day.
    #[must_use]
    pub fn shortly(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        if self.day(at) == self.day(now) { self.clock(at) } else { self.day_name(at, now) }
    }
}

/// By whose clock times are told, and what today is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub zone: Zone,
    pub now: DateTime<Utc>,
}

impl Clock {
    /// As the server tells it, when it renders a page.
    #[must_use]
    pub const fn utc(now: DateTime<Utc>) -> Self {
        Self { zone: Zone::Utc, now }
    }

    /// The reader's own, from the moment a page is alive.
    #[must_use]
    pub fn of_reader() -> Self {
        Self { zone: Zone::Reader, now: browser::now() }
    }
}

/// Daylight saving makes this differ from moment to moment.
fn minutes_behind_utc(at: DateTime<Utc>) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay exact until the year 287396")]
    let date = js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    #[expect(clippy::cast_possible_truncation, reason = "at most a day")]
    let minutes = date.get_timezone_offset() as i64;
    minutes
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn month(day: NaiveDate) -> &'static str {
    match day.month() {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_have_the_names_people_give_them() {
        let now = at("2026-03-12T09:00:00Z");
        for (when, name) in [
            ("2026-03-12T00:01:00Z", "Today"),
            ("2026-03-11T23:59:00Z", "Yesterday"),
            ("2026-03-10T12:00:00Z", "Tuesday"),
            ("2026-03-06T12:00:00Z", "Friday"),
            ("2026-03-05T12:00:00Z", "5 March"),
            ("2025-12-31T12:00:00Z", "31 December 2025"),
        ] {
            assert_eq!(Zone::Utc.day_name(at(when), now), name);
        }
    }

    #[test]
    fn what_happened_today_has_a_clock_time() {
        let now = at("2026-03-12T09:00:00Z");
        assert_eq!(Zone::Utc.shortly(at("2026-03-12T07:05:00Z"), now), "07:05");
        assert_eq!(Zone::Utc.shortly(at("2026-03-11T07:05:00Z"), now), "Yesterday");
    }
}
