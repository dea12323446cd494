use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, chat, notification};
use balloond_shared::{
    ApiError,
    notification::{NotificationSettings, QuietHours, Subscribe, SubscribeKeys},
};
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::{field::Refused, navigation::Section},
    pages::{Notice, NotificationsPage, unsubscribed},
    server::{
        answer::status,
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

/// A box that is not ticked is not sent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    shows_text: bool,
    digest: bool,
    is_quiet: bool,
    from: String,
    until: String,
    time_zone: String,
}

/// What the page's script read from the browser.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PushForm {
    endpoint: String,
    p256dh: String,
    auth: String,
}

/// `GET /me/notifications`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    page(&request, &app, &member, None).await
}

/// `POST /me/notifications {shows_text?, digest?, is_quiet?, from, until, time_zone}`
pub async fn edit(request: HttpRequest, app: State, member: Member, form: Form<SettingsForm>) -> Answer {
    let SettingsForm { shows_text, digest, is_quiet, from, until, time_zone } = form.into_inner();
    let quiet = is_quiet.then_some(QuietHours { from, until, time_zone });
    let settings = NotificationSettings { shows_text, digest, quiet };
    match notification::edit(&app.services, member.0, &settings).await {
        Ok(_) => Ok(see_other_saying(&app, "/me/notifications", Notice::Saved)),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error.into()),
        Err(error) => page(&request, &app, &member, Some((settings, error.to_api()))).await,
    }
}

/// `POST /me/push {endpoint, p256dh, auth}`
pub async fn subscribe(app: State, member: Member, form: Form<PushForm>) -> Answer {
    let PushForm { endpoint, p256dh, auth } = form.into_inner();
    let subscription = Subscribe { endpoint, keys: SubscribeKeys { p256dh, auth } };
    notification::subscribe(&app.services, member.0, &subscription).await?;
    Ok(see_other_saying(&app, "/me/notifications", Notice::PushOn))
}

/// `POST /me/push/end`
pub async fn unsubscribe(app: State, member: Member) -> Answer {
    notification::unsubscribe(&app.services, member.0).await?;
    Ok(see_other_saying(&app, "/me/notifications", Notice::PushOff))
}

/// `GET /unsubscribe/{token}`: asks once more, as programs follow links in mails too.
pub async fn show_unsubscribe(request: HttpRequest, app: State, token: Path<String>) -> Answer {
    notification::may_end_digest(&app.services, &token)?;
    Ok(Reply::new(&request, "No more mails").show(|| unsubscribed(Some(&token))))
}

/// `POST /unsubscribe/{token}`: from that page, or from a mail program (RFC 8058), which has neither a session nor an origin.
pub async fn end_digest(request: HttpRequest, app: State, token: Path<String>) -> Answer {
    notification::end_digest(&app.services, &token).await?;
    Ok(Reply::new(&request, "No more mails").show(|| unsubscribed(None)))
}

/// `refused`: the settings as they were chosen, and why they were not taken.
async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    refused: Option<(NotificationSettings, ApiError)>,
) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (mut known, zones, badges) = try_join!(
        notification::get(services, viewer),
        notification::time_zones(services),
        chat::badges(services, viewer)
    )?;
    let code = refused.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let refused = refused.map(|(chosen, error)| {
        known.settings = chosen;
        Refused::from(error)
    });
    let page = NotificationsPage { known, zones, refused: refused.unwrap_or_default() };
    Ok(Reply::new(request, "Notifications").status(code).of_member(Section::Me, badges).show(|| page.view()))
}
