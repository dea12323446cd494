//! Calling people who are away, to chats and to balloons: once a chat until they read, not while they have a socket, not in a muted chat, not in their quiet hours,
//! and without what was written unless they want that.

mod balloon;
mod call;
mod digest;
mod push;
mod unsubscribe;

use balloond_database::{AsyncConnection, notification};
use balloond_shared::{
    FieldErrors,
    notification::{NotificationSettings, Notifications, Quiet, QuietHours, Subscribe, time_text, unknown_zone},
};
use chrono::Utc;
use tokio::sync::OnceCell;

pub(crate) use balloon::{call_receiver, push_balloon};
pub(crate) use call::call_members;
pub use call::mark_here;
pub(crate) use digest::{enqueue_digests, mail_digest};
pub(crate) use push::push;
pub use unsubscribe::{end_digest, may_end_digest};

use crate::{Error, Result, Services, Viewer, limits};

/// How the viewer is called, and whether this session's browser is woken.
#[tracing::instrument(name = "notification.get", level = "trace", skip_all)]
pub async fn get(services: &Services, viewer: Viewer) -> Result<Notifications> {
    let mut conn = services.database.primary().await?;
    let settings = present(notification::settings(&mut conn, viewer.user).await?);
    let push = notification::is_subscribed(&mut conn, viewer.session).await?;
    Ok(Notifications { push_key: services.pusher.as_ref().map(|pusher| pusher.public_key()), push, settings })
}

/// Sets all of how the viewer is called.
#[tracing::instrument(name = "notification.edit", level = "trace", skip_all)]
pub async fn edit(services: &Services, viewer: Viewer, request: &NotificationSettings) -> Result<Notifications> {
    let quiet = request.parse()?;
    limits::check(services, &limits::NOTIFICATIONS, &viewer.user.to_string()).await?;
    if let Some(Quiet { time_zone, .. }) = &quiet
        && !time_zones(services).await?.contains(time_zone)
    {
        let mut errors = FieldErrors::default();
        errors.check::<()>("quiet.time_zone", Err(unknown_zone()));
        return Err(errors.into());
    }
    let (quiet_from, quiet_until) = (quiet.as_ref().map(|it| it.from), quiet.as_ref().map(|it| it.until));
    let row = notification::Settings {
        shows_text: request.shows_text,
        quiet_from,
        quiet_until,
        time_zone: quiet.map(|quiet| quiet.time_zone),
        digest: request.digest,
    };
    let mut conn = services.database.primary().await?;
    notification::save_settings(&mut conn, viewer.user, &row).await?;
    drop(conn);
    get(services, viewer).await
}

/// The time zones that there are, by name. Asked of the database once: it reads hundreds of files for it.
#[tracing::instrument(name = "notification.time_zones", level = "trace", skip_all)]
pub async fn time_zones(services: &Services) -> Result<&'static [String]> {
    static ZONES: OnceCell<Vec<String>> = OnceCell::const_new();
    let zones = ZONES.get_or_try_init(async || {
        let mut conn = services.database.primary().await?;
        Ok::<_, Error>(notification::time_zones(&mut conn).await?)
    });
    Ok(zones.await?)
}

/// Wakes a browser for as long as this session is open. `NotFound` where this service does not push; `Invalid` for an address that
/// we would not go to.
#[tracing::instrument(name = "notification.subscribe", level = "trace", skip_all)]
pub async fn subscribe(services: &Services, viewer: Viewer, request: &Subscribe) -> Result<()> {
    limits::check(services, &limits::NOTIFICATIONS, &viewer.user.to_string()).await?;
    let (endpoint, keys) = push::parse(services, request)?;
    let (public_key, auth) = keys.texts();
    let row = notification::Subscription {
        session_id: viewer.session,
        user_id: viewer.user,
        endpoint: endpoint.as_str().to_owned(),
        public_key,
        auth,
        created_at: Utc::now(),
    };
    let mut conn = services.database.primary().await?;
    conn.transaction(async |conn| notification::subscribe(conn, &row).await).await?;
    Ok(())
}

/// Lets this session's browser sleep.
#[tracing::instrument(name = "notification.unsubscribe", level = "trace", skip_all)]
pub async fn unsubscribe(services: &Services, viewer: Viewer) -> Result<()> {
    let mut conn = services.database.primary().await?;
    notification::unsubscribe(&mut conn, viewer.session).await?;
    Ok(())
}

/// All that is kept of it, for a copy of somebody's data: of an endpoint its service alone, as the rest is a key.
pub(crate) async fn export(services: &Services, viewer: Viewer) -> Result<serde_json::Value> {
    let mut conn = services.database.primary().await?;
    let (settings, browsers) = {
        let settings = notification::settings(&mut conn, viewer.user).await?;
        (settings, notification::subscriptions(&mut conn, viewer.user).await?)
    };
    let host = |endpoint: &str| url::Url::parse(endpoint).ok()?.host_str().map(str::to_owned);
    let browsers = browsers.into_iter().map(
        |it| serde_json::json!({ "session": it.session_id, "service": host(&it.endpoint), "since": it.created_at }),
    );
    Ok(serde_json::json!({ "settings": present(settings), "browsers": browsers.collect::<Vec<_>>() }))
}

fn present(row: notification::Settings) -> NotificationSettings {
    let quiet = row.quiet_from.zip(row.quiet_until).zip(row.time_zone).map(|((from, until), time_zone)| QuietHours {
        from: time_text(from),
        until: time_text(until),
        time_zone,
    });
    NotificationSettings { shows_text: row.shows_text, digest: row.digest, quiet }
}
