//! Keeping others, words and looks away.

mod block;
mod report;
mod sight;

use balloond_database::{AsyncPgConnection, safety};
use balloond_shared::{
    ErrorCode, UserId,
    safety::{EditSafety, Safety},
};
use chrono::Utc;

pub use block::{block, blocks, unblock};
pub(crate) use report::{evidence_of, name, read};
pub use report::{preview, report, reported, reports};
pub(crate) use sight::{may_see, require_sight, ties_of};

use crate::{Result, Services, Viewer, limits};

/// Whether a block stands between two people, whoever of them made it: then neither sees, hears or invites the other, anywhere.
pub async fn is_blocked_between(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> Result<bool> {
    Ok(balloond_database::block::between(conn, one, other).await?)
}

/// What the viewer keeps away.
#[tracing::instrument(name = "safety.get", level = "trace", skip_all)]
pub async fn get(services: &Services, viewer: Viewer) -> Result<Safety> {
    let mut conn = services.database.primary().await?;
    let settings = safety::settings(&mut conn, viewer.user).await?.ok_or(ErrorCode::Unauthenticated)?;
    Ok(present(settings))
}

/// Changes what is given.
#[tracing::instrument(name = "safety.edit", level = "trace", skip_all)]
pub async fn edit(services: &Services, viewer: Viewer, request: &EditSafety) -> Result<Safety> {
    let change = request.parse()?;
    if change.paused.is_none() && change.hidden_words.is_none() {
        return get(services, viewer).await;
    }
    limits::check(services, &limits::SAFETY, &viewer.user.to_string()).await?;
    let change = safety::SettingsChange {
        paused_at: change.paused.map(|paused| paused.then(Utc::now)),
        hidden_words: change.hidden_words.map(|words| words.into_iter().map(|word| word.into_string()).collect()),
    };
    let mut conn = services.database.primary().await?;
    let settings = safety::change_settings(&mut conn, viewer.user, change).await?.ok_or(ErrorCode::Unauthenticated)?;
    Ok(present(settings))
}

fn present(settings: safety::Settings) -> Safety {
    Safety { paused: settings.paused_at.is_some(), hidden_words: settings.hidden_words }
}
