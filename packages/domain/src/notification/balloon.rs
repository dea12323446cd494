//! Calling somebody to a balloon.

use balloond_database::balloon_call::{self, BalloonNote};
use balloond_shared::{BalloonId, SessionId, chat::excerpt};
use chrono::Utc;
use serde_json::json;

use super::{
    call::{LOOK_AGAIN, who_is_here},
    push::{Address, deliver},
};
use crate::{Result, Services, job};

/// Looks whether whoever a balloon is for is away and wants to be called; for the job. `last`: whoever still has a socket has seen it come.
pub(crate) async fn call_receiver(services: &Services, balloon: BalloonId, last: bool) -> Result<()> {
    let now = Utc::now();
    let mut conn = services.database.primary().await?;
    let Some(candidate) = balloon_call::candidate(&mut conn, balloon, now).await? else { return Ok(()) };
    drop(conn);
    let is_here = !who_is_here(services, std::iter::once(candidate.user)).await.is_empty();
    let mut conn = services.database.primary().await?;
    match candidate.quiet_until {
        _ if is_here && last => 0,
        _ if is_here => {
            balloon_call::look_later(&mut conn, balloon, now + LOOK_AGAIN, job::CALL_RECEIVER, true).await?
        }
        Some(end) => balloon_call::look_later(&mut conn, balloon, end, job::CALL_RECEIVER, false).await?,
        None => balloon_call::call(&mut conn, balloon, job::PUSH_BALLOON).await?,
    };
    Ok(())
}

/// Sends the note about a balloon to a session's browser, unless it does not wait any more; for the job.
pub(crate) async fn push_balloon(services: &Services, balloon: BalloonId, session: SessionId) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let Some(note) = balloon_call::note(&mut conn, balloon, session, Utc::now()).await? else { return Ok(()) };
    drop(conn);
    let words = words(&note);
    let to = Address { endpoint: note.endpoint, public_key: note.public_key, auth: note.auth };
    // All balloons are one place: a newer note stands for the one before.
    deliver(services, session, &to, "balloons", &words).await
}

/// As the service worker reads it.
fn words(note: &BalloonNote) -> Vec<u8> {
    let (title, body) = match &note.sender {
        Some(sender) => (sender.as_str(), excerpt(&note.body)),
        None => ("Balloon’d", "A balloon waits for you.".to_owned()),
    };
    json!({ "title": title, "body": body, "path": "/balloons", "tag": "balloons" }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_floated_it_and_what_they_wrote_stands_in_a_note_only_where_it_may() {
        let note = |sender: Option<&str>| BalloonNote {
            endpoint: String::new(),
            public_key: String::new(),
            auth: String::new(),
            sender: sender.map(str::to_owned),
            body: "\u{1}".repeat(280),
        };
        let silent = String::from_utf8(words(&note(None))).unwrap();
        assert!(silent.contains("A balloon waits for you.") && !silent.contains("u0001"), "{silent}");
        let longest = words(&note(Some(&"\u{1}".repeat(40))));
        assert!(String::from_utf8_lossy(&longest).contains("u0001") && longest.len() <= balloond_push::MAX_NOTE);
    }
}
