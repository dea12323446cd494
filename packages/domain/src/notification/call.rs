//! Who is called to a chat, and when.

use std::collections::HashSet;

use balloond_database::{AsyncConnection, notification};
use balloond_shared::{ChatId, UserId};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Error, Result, Services, job};

/// Whoever has a socket is looked at once more after so long: by then they have read it, or their mark of the socket is gone.
pub(super) const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(30);

/// Says that these people have a socket, whether they show it to others or not. Has to be said again and again.
#[tracing::instrument(name = "notification.mark_here", level = "trace", skip_all)]
pub async fn mark_here(services: &Services, people: &[UserId]) -> Result<()> {
    let people: Vec<_> = people.iter().map(|person| person.as_uuid()).collect();
    services.cache.mark_here(&people).await.map_err(Error::unavailable)
}

/// Calls the members of a chat who are away, or `only` this one; for the job. `last`: whoever still has a socket is let alone, as
/// what is unread is in front of them.
pub(crate) async fn call_members(services: &Services, chat: ChatId, only: Option<UserId>, last: bool) -> Result<()> {
    let now = Utc::now();
    let candidates = notification::candidates(&mut *services.database.primary().await?, chat, only, now).await?;
    let here = who_is_here(services, candidates.iter().map(|it| it.user)).await;
    let (mut called, mut later, mut times): (Vec<UserId>, Vec<UserId>, Vec<DateTime<Utc>>) = Default::default();
    for candidate in candidates {
        let is_here = here.contains(&candidate.user);
        match candidate.quiet_until {
            _ if is_here && last => {}
            _ if is_here => {
                later.push(candidate.user);
                times.push(now + LOOK_AGAIN);
            }
            Some(end) => {
                later.push(candidate.user);
                times.push(end);
            }
            None => called.push(candidate.user),
        }
    }
    let mut conn = services.database.primary().await?;
    conn.transaction(async |conn| {
        if !called.is_empty() {
            notification::call(conn, chat, &called, job::PUSH).await?;
        }
        if !later.is_empty() {
            // Those in their quiet hours are looked at as if for the first time: `last` is for those with a socket alone.
            let (waiting, quiet): (Vec<_>, Vec<_>) =
                later.into_iter().zip(times).partition(|(user, _)| here.contains(user));
            for (group, last) in [(waiting, true), (quiet, false)].into_iter().filter(|(group, _)| !group.is_empty()) {
                let (users, times): (Vec<_>, Vec<_>) = group.into_iter().unzip();
                notification::call_later(conn, chat, &users, &times, job::CALL_MEMBERS, last).await?;
            }
        }
        Ok::<_, Error>(())
    })
    .await
}

/// Nobody, where that is not known: a note too many is better than one too few.
pub(super) async fn who_is_here(services: &Services, people: impl Iterator<Item = UserId>) -> HashSet<UserId> {
    let people: Vec<_> = people.map(UserId::as_uuid).collect();
    if people.is_empty() {
        return HashSet::new();
    }
    let here = services.cache.who_is_here(&people).await.unwrap_or_default();
    here.into_iter().map(UserId::from_uuid).collect()
}
