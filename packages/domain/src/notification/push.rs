//! One note to one browser.

use balloond_database::notification::{self, Note};
use balloond_push::{Endpoint, EndpointFault, Keys, Outcome, Subscription};
use balloond_shared::{ChatId, ErrorCode, FieldErrors, SessionId, chat::excerpt, notification::Subscribe};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Error, Result, Services};

/// Characters of a topic at most (RFC 8030, 5.4).
const TOPIC: usize = 32;

pub(super) fn parse(services: &Services, request: &Subscribe) -> Result<(Endpoint, Keys)> {
    let pusher = services.pusher.as_ref().ok_or(ErrorCode::NotFound)?;
    let mut errors = FieldErrors::default();
    let endpoint = pusher.parse_endpoint(&request.endpoint).map_err(|fault| {
        let code = match fault {
            EndpointFault::TooLong => "too_long",
            EndpointFault::Malformed => "malformed",
            EndpointFault::NotAllowed => "not_allowed",
        };
        errors.push("endpoint", code, fault.to_string());
    });
    let keys = Keys::parse(&request.keys.p256dh, &request.keys.auth)
        .map_err(|fault| errors.push("keys", "malformed", fault.to_string()));
    endpoint.ok().zip(keys.ok()).ok_or_else(|| errors.into())
}

/// Sends the note about a chat to a session's browser, unless it is not wanted any more; for the job.
pub(crate) async fn push(services: &Services, chat: ChatId, session: SessionId) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let Some(note) = notification::note(&mut conn, chat, session, Utc::now()).await? else { return Ok(()) };
    drop(conn);
    let words = words(chat, &note);
    let to = Address { endpoint: note.endpoint, public_key: note.public_key, auth: note.auth };
    deliver(services, session, &to, &chat.to_string(), &words).await
}

/// A browser, as it is kept.
pub(super) struct Address {
    pub endpoint: String,
    pub public_key: String,
    pub auth: String,
}

/// Brings a session's browser a note, in place of one about the same that waits for it still.
pub(super) async fn deliver(
    services: &Services,
    session: SessionId,
    to: &Address,
    about: &str,
    words: &[u8],
) -> Result<()> {
    let Some(pusher) = &services.pusher else { return Ok(()) };
    // What was right once is not now, where the settings were changed: then nobody is there to go to.
    let parsed = pusher.parse_endpoint(&to.endpoint).ok().zip(Keys::parse(&to.public_key, &to.auth).ok());
    let outcome = match parsed {
        Some((endpoint, keys)) => {
            let to = Subscription { endpoint, keys };
            pusher.send(&to, &topic(about, session), words).await.map_err(Error::unavailable)?
        }
        None => Outcome::Gone,
    };
    match outcome {
        Outcome::Taken => {}
        Outcome::Refused(status) => tracing::warn!(status, "a push service refuses our notes"),
        Outcome::Gone => {
            let mut conn = services.database.primary().await?;
            notification::forget(&mut conn, session, &to.endpoint).await?;
        }
    }
    Ok(())
}

/// As the service worker reads it.
fn words(chat: ChatId, note: &Note) -> Vec<u8> {
    let Note { title: group, sender, .. } = note;
    let said = if note.body.is_empty() && note.is_photo { "Photo".to_owned() } else { excerpt(&note.body) };
    let (title, body) = match (group, note.shows_text) {
        (None, true) => (sender.clone(), said),
        (Some(group), true) => (group.clone(), format!("{sender}: {said}")),
        (None, false) => ("Balloon’d".to_owned(), format!("{sender} wrote to you.")),
        (Some(group), false) => ("Balloon’d".to_owned(), format!("{sender} wrote in “{group}”.")),
    };
    json!({ "title": title, "body": body, "path": format!("/chats/{chat}"), "tag": chat }).to_string().into_bytes()
}

/// The same for all notes about one thing to one browser, and for the push service a name without a meaning.
fn topic(about: &str, session: SessionId) -> String {
    let digest = Sha256::digest(format!("{about} {session}"));
    URL_SAFE_NO_PAD.encode(digest).chars().take(TOPIC).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(shows_text: bool, title: Option<&str>) -> Note {
        Note {
            endpoint: String::new(),
            public_key: String::new(),
            auth: String::new(),
            shows_text,
            title: title.map(str::to_owned),
            sender: "Ada".to_owned(),
            body: "Tea \"now\"?".to_owned(),
            is_photo: false,
        }
    }

    fn said(note: &Note) -> (String, String) {
        let words: serde_json::Value = serde_json::from_slice(&words(ChatId::new(), note)).unwrap();
        let text = |name: &str| words[name].as_str().unwrap().to_owned();
        (text("title"), text("body"))
    }

    #[test]
    fn what_was_written_stands_in_a_note_only_where_it_may() {
        let pair = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(said(&note(false, None)), pair("Balloon’d", "Ada wrote to you."));
        assert_eq!(said(&note(false, Some("Clocks"))), pair("Balloon’d", "Ada wrote in “Clocks”."));
        assert_eq!(said(&note(true, None)), pair("Ada", "Tea \"now\"?"));
        assert_eq!(said(&note(true, Some("Clocks"))), pair("Clocks", "Ada: Tea \"now\"?"));
        let photo = Note { body: String::new(), is_photo: true, ..note(true, None) };
        assert_eq!(said(&photo), pair("Ada", "Photo"));
    }

    #[test]
    fn the_longest_note_fits() {
        let longest = |length| "\u{1}".repeat(length);
        let note = Note { sender: longest(40), title: Some(longest(80)), body: longest(4000), ..note(true, None) };
        assert!(words(ChatId::new(), &note).len() <= balloond_push::MAX_NOTE);
    }

    #[test]
    fn a_topic_is_as_short_as_it_has_to_be() {
        let (chat, session) = (ChatId::new().to_string(), SessionId::new());
        assert_eq!(topic(&chat, session), topic(&chat, session));
        assert_ne!(topic(&chat, session), topic(&chat, SessionId::new()));
        assert_eq!(topic(&chat, session).len(), TOPIC);
    }
}
