//! What a person lets others see: that they are online, that they type, how far they have read. Each goes both ways.

use std::collections::HashSet;

use balloond_database::privacy::{self, Reader, Shares, SharesChange};
use balloond_shared::{
    ChatId, ErrorCode, UserId,
    chat::ReadCursor,
    event::ServerEvent,
    privacy::{EditPrivacy, Privacy},
};

use crate::{Error, Result, Services, Viewer, limits, realtime, services::run_to_end};

/// What the viewer lets others see.
#[tracing::instrument(name = "privacy.get", level = "trace", skip_all)]
pub async fn get(services: &Services, viewer: Viewer) -> Result<Privacy> {
    let mut conn = services.database.primary().await?;
    Ok(present(privacy::of(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?))
}

/// Changes what is given, at once and for every socket that is open.
#[tracing::instrument(name = "privacy.edit", level = "trace", skip_all)]
pub async fn edit(services: &Services, viewer: Viewer, request: EditPrivacy) -> Result<Privacy> {
    let EditPrivacy { presence, typing, reading } = request;
    if request == EditPrivacy::default() {
        return get(services, viewer).await;
    }
    limits::check(services, &limits::SAFETY, &viewer.user.to_string()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let change = SharesChange { shares_presence: presence, shares_typing: typing, shares_reading: reading };
        let shares = privacy::change(&mut conn, viewer.user, change).await?.ok_or(ErrorCode::Unauthenticated)?;
        drop(conn);
        let privacy = present(shares);
        realtime::tell_user(&services, viewer.user, &ServerEvent::PrivacyChanged { privacy }).await;
        if !privacy.presence && services.cache.unmark_online(viewer.user.as_uuid()).await.is_err() {
            tracing::debug!("a mark of presence ends by itself");
        }
        Ok(privacy)
    })
    .await
}

pub(crate) const fn present(shares: Shares) -> Privacy {
    let Shares { shares_presence, shares_typing, shares_reading } = shares;
    Privacy { presence: shares_presence, typing: shares_typing, reading: shares_reading }
}

/// The read cursors that one member sees: their own, and those of others where both show them.
pub(crate) fn cursors(readers: &[Reader], viewer: UserId) -> Vec<ReadCursor> {
    let shows = readers.iter().any(|(user, _, shares)| *user == viewer && shares.shares_reading);
    let is_seen = |(user, _, shares): &&Reader| *user == viewer || (shows && shares.shares_reading);
    readers.iter().filter(is_seen).map(|(user, seq, _)| ReadCursor { user: *user, seq: *seq }).collect()
}

/// Says that these people, who show it, are online. Has to be said again and again.
pub async fn mark_online(services: &Services, people: &[UserId]) -> Result<()> {
    let people: Vec<_> = people.iter().map(|person| person.as_uuid()).collect();
    services.cache.mark_online(&people).await.map_err(Error::unavailable)
}

/// Who of these people is online; `None` when that is not known.
#[tracing::instrument(name = "privacy.who_is_online", level = "trace", skip_all)]
pub async fn who_is_online(services: &Services, people: &[UserId]) -> Option<HashSet<UserId>> {
    let people: Vec<_> = people.iter().map(|person| person.as_uuid()).collect();
    let online = services.cache.who_is_online(&people).await.ok()?;
    Some(online.into_iter().map(UserId::from_uuid).collect())
}

/// Whose marks tell who is online in a chat: all its members. There is a mark only of those who show it.
#[tracing::instrument(name = "privacy.members", level = "trace", skip_all)]
pub async fn members(services: &Services, chat: ChatId) -> Result<Vec<UserId>> {
    let mut conn = services.database.primary().await?;
    Ok(ids(&privacy::readers(&mut conn, chat).await?))
}

pub(crate) fn ids(readers: &[Reader]) -> Vec<UserId> {
    readers.iter().map(|(user, ..)| *user).collect()
}
