use balloond_database::chat;
use balloond_shared::{ChatId, ErrorCode, chat::Mute, event::ServerEvent};
use chrono::Utc;

use crate::{Result, Services, Viewer, realtime};

/// Takes a chat out of what calls the viewer, or back in. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.mute", level = "trace", skip_all)]
pub async fn mute(services: &Services, viewer: Viewer, chat: ChatId, request: Mute) -> Result<()> {
    let mut conn = services.database.primary().await?;
    let at = request.muted.then(Utc::now);
    if chat::mute(&mut conn, viewer.user, chat, at).await? == 0 {
        return Err(ErrorCode::NotFound.into());
    }
    drop(conn);
    // The viewer's other tabs and devices count anew.
    realtime::tell_user(services, viewer.user, &ServerEvent::ChatChanged { chat }).await;
    Ok(())
}
