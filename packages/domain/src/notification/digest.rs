//! A mail a day for those who were away: what waits for them, without what was written unless they want that.

use balloond_database::{chat as chats, notification, verification};
use balloond_mail::{Mail, MailError};
use balloond_shared::{ChatId, SessionId, UserId, chat::ChatSummary, chat::excerpt};
use chrono::{TimeDelta, Utc};

use super::{call::who_is_here, unsubscribe};
use crate::{Error, Result, Services, Viewer, chat, job};

/// Whoever used no session for so long was away.
const AWAY: TimeDelta = TimeDelta::hours(6);
/// People a statement.
const BATCH: i64 = 100;
/// Chats a mail names at most.
const CHATS: i64 = 20;

/// Enqueues a digest for everybody who is due; for the job.
pub(crate) async fn enqueue_digests(services: &Services) -> Result<()> {
    let now = Utc::now();
    let mut conn = services.database.primary().await?;
    while notification::enqueue_digests(&mut conn, job::MAIL_DIGEST, now, now - AWAY, BATCH).await? > 0 {}
    Ok(())
}

/// Mails what waits for somebody, unless they came back in the meantime or nothing waits any more; for the job.
pub(crate) async fn mail_digest(services: &Services, user: UserId) -> Result<()> {
    if !who_is_here(services, std::iter::once(user)).await.is_empty() {
        return Ok(());
    }
    let mut conn = services.database.primary().await?;
    let settings = notification::settings(&mut conn, user).await?;
    let addressee = verification::addressee(&mut conn, user).await?.filter(|it| it.verified_at.is_some());
    let (balloons, _) = chats::count_waiting(&conn, user, Utc::now()).await?;
    drop(conn);
    let Some(addressee) = addressee.filter(|_| settings.digest) else { return Ok(()) };
    // No session is needed for what follows: it is the person's own.
    let viewer = Viewer { user, session: SessionId::new() };
    let mut chats = chat::list(services, viewer, None, Some(CHATS)).await?.items;
    chats.retain(|chat| chat.unread > 0 && !chat.muted);
    if balloons == 0 && chats.is_empty() {
        return Ok(());
    }
    let base = &services.public_web_url;
    let unsubscribe = format!("{base}/unsubscribe/{}", unsubscribe::token(services, user));
    let text = words(base, balloons, &chats, settings.shows_text, &unsubscribe);
    let mail =
        Mail { to: addressee.email, subject: subject(balloons, chats.len()), text, unsubscribe: Some(unsubscribe) };
    match services.mailer.send(&mail).await {
        // Trying again would not make it one.
        Err(MailError::Address(error)) => tracing::warn!(%error, "a mail cannot be sent"),
        sent => sent.map_err(Error::unavailable)?,
    }
    Ok(())
}

fn many(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}

fn subject(balloons: i64, chats: usize) -> String {
    let balloons = usize::try_from(balloons).unwrap_or(0);
    let parts = [(balloons, "balloon", "balloons"), (chats, "chat", "chats")];
    let parts: Vec<_> =
        parts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, more)| many(count, one, more)).collect();
    let verb = if balloons + chats == 1 { "waits" } else { "wait" };
    format!("{} {verb} for you at Balloon'd", parts.join(" and "))
}

fn words(base: &str, balloons: i64, chats: &[ChatSummary], shows_text: bool, unsubscribe: &str) -> String {
    let mut text = "While you were away:\n\n".to_owned();
    if let Ok(balloons @ 1..) = usize::try_from(balloons) {
        text.push_str(&format!("{}: {base}/balloons\n", many(balloons, "balloon", "balloons")));
    }
    for chat in chats {
        let link = link(base, chat.id);
        let count = usize::try_from(chat.unread).unwrap_or(0);
        text.push_str(&format!("{}, {}: {link}\n", chat.title, many(count, "new message", "new messages")));
        if let Some(last) = chat.last_message.as_ref().filter(|last| shows_text && !last.words().is_empty()) {
            text.push_str(&format!("    {}\n", excerpt(last.words()).replace('\n', " ")));
        }
    }
    text.push_str(&format!(
        "\nYou get this once a day at most, because you asked for it.\nNo more of them: {unsubscribe}\nAll settings: {base}/me/notifications\n"
    ));
    text
}

fn link(base: &str, chat: ChatId) -> String {
    format!("{base}/chats/{chat}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_counts_what_waits_and_names_nobody() {
        assert_eq!(subject(1, 0), "1 balloon waits for you at Balloon'd");
        assert_eq!(subject(0, 2), "2 chats wait for you at Balloon'd");
        assert_eq!(subject(2, 1), "2 balloons and 1 chat wait for you at Balloon'd");
    }
}
