//! How people are called when they are away: to a browser that asked for it, not in their quiet hours, and without what was written
//! unless they want that.

use serde::{Deserialize, Serialize};

use crate::error::{Fault, FieldErrors};

/// Characters of a time zone's name at most.
const MAX_ZONE: usize = 64;

/// `GET /me/notifications`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notifications {
    /// What a browser subscribes with (`applicationServerKey`, base64url). Absent where this service does not push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_key: Option<String>,
    /// This session has a browser that is woken.
    pub push: bool,
    #[serde(flatten)]
    pub settings: NotificationSettings,
}

/// `PUT /me/notifications`: all of it. The same on all devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"shows_text": false, "digest": true, "quiet": {"from": "22:00", "until": "07:30", "time_zone": "Europe/Berlin"}})))]
pub struct NotificationSettings {
    /// What was written may be shown, at most 140 characters of it. Without it only who wrote. In mails too.
    #[serde(default)]
    pub shows_text: bool,
    /// A mail about what waits, once a day at most, after six hours away.
    #[serde(default)]
    pub digest: bool,
    /// When nobody is called. Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
}

/// A part of every day, which may go over midnight.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuietHours {
    /// `HH:MM`, the first quiet minute.
    #[cfg_attr(feature = "openapi", schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub from: String,
    /// `HH:MM`, the first that is not quiet any more.
    #[cfg_attr(feature = "openapi", schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub until: String,
    /// As IANA names it, such as `Europe/Berlin`.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub time_zone: String,
}

/// Quiet hours whose every field can be right; whether there is such a time zone, the database knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Minutes after midnight.
    pub from: i16,
    pub until: i16,
    pub time_zone: String,
}

impl NotificationSettings {
    /// # Errors
    ///
    /// Names every field at fault, those of `quiet` as `quiet.from` and so on.
    pub fn parse(&self) -> Result<Option<Quiet>, FieldErrors> {
        let Some(quiet) = &self.quiet else { return Ok(None) };
        let mut errors = FieldErrors::default();
        let from = errors.check("quiet.from", parse_time(&quiet.from));
        let until = errors.check("quiet.until", parse_time(&quiet.until));
        let time_zone = errors.check("quiet.time_zone", parse_zone(&quiet.time_zone));
        if from.is_some() && from == until {
            errors.push("quiet.until", "not_allowed", "Quiet hours end at another time than they begin.");
        }
        match (from, until, time_zone) {
            (Some(from), Some(until), Some(time_zone)) if errors.is_empty() => {
                Ok(Some(Quiet { from, until, time_zone }))
            }
            _ => Err(errors),
        }
    }
}

/// `22:05` as minutes after midnight.
fn parse_time(text: &str) -> Result<i16, Fault> {
    let fault = || Fault::new("malformed", "This is a time such as 22:00.");
    let two = |part: &str, most: i16| {
        let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i16>().ok().filter(|number| is_number && *number <= most)
    };
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(fault)?;
    let (hours, minutes) = two(hours, 23).zip(two(minutes, 59)).ok_or_else(fault)?;
    Ok(hours * 60 + minutes)
}

/// Minutes after midnight as `22:05`.
#[must_use]
pub fn time_text(minutes: i16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn parse_zone(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
    match text.len() {
        0 => Err(Fault::new("required", "This is needed.")),
        1..=MAX_ZONE if text.chars().all(fits) => Ok(text.to_owned()),
        _ => Err(unknown_zone()),
    }
}

/// There is no such time zone.
#[must_use]
pub fn unknown_zone() -> Fault {
    Fault::new("malformed", "This is no time zone, such as Europe/Berlin.")
}

/// `POST /me/push`: what a browser's `PushSubscription` says of itself as JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"endpoint": "https://push.example.com/send/d61c5u920dw", "keys": {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}})))]
pub struct Subscribe {
    /// `https`, at most 1024 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 1024))]
    pub endpoint: String,
    pub keys: SubscribeKeys,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubscribeKeys {
    /// An uncompressed point on P-256, base64url.
    pub p256dh: String,
    /// 16 bytes, base64url.
    pub auth: String,
}

impl std::fmt::Debug for Subscribe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscribe(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, until: &str, time_zone: &str) -> Result<Option<Quiet>, Vec<String>> {
        let quiet = QuietHours { from: from.into(), until: until.into(), time_zone: time_zone.into() };
        let settings = NotificationSettings { quiet: Some(quiet), ..NotificationSettings::default() };
        let name = |errors: FieldErrors| errors.0.into_iter().map(|error| format!("{}: {}", error.field, error.code));
        settings.parse().map_err(|errors| name(errors).collect())
    }

    #[test]
    fn hours_are_read_as_minutes() {
        let expected = Quiet { from: 22 * 60 + 5, until: 7 * 60, time_zone: "Europe/Berlin".into() };
        assert_eq!(quiet("22:05", "07:00", " Europe/Berlin "), Ok(Some(expected)));
        assert_eq!((time_text(22 * 60 + 5), time_text(7)), ("22:05".to_owned(), "00:07".to_owned()));
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(
            quiet("25:00", "7:00", ""),
            Err(vec![
                "quiet.from: malformed".into(),
                "quiet.until: malformed".into(),
                "quiet.time_zone: required".into()
            ])
        );
        assert_eq!(quiet("07:00", "07:00", "UTC"), Err(vec!["quiet.until: not_allowed".into()]));
        for time in ["", "12", "12:60", "+1:00", "1:000", "-1:-1", "２２:００"] {
            assert_eq!(quiet(time, "07:00", "UTC"), Err(vec!["quiet.from: malformed".into()]), "{time}");
        }
        for zone in ["Europe/Berlin'; --", "é", &"a".repeat(65)] {
            assert_eq!(quiet("22:00", "07:00", zone), Err(vec!["quiet.time_zone: malformed".into()]), "{zone}");
        }
    }
}
