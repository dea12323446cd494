use balloond_database::{AsyncConnection, AsyncPgConnection, Keyset, balloon, block, user};
use balloond_shared::{BalloonId, ChatId, ErrorCode, Page, UserId, event::ServerEvent, page, safety::Block};
use chrono::Utc;

use super::sight::{may_see, ties_of};
use crate::{
    Error, Result, Services, Viewer, limits, present,
    realtime::{self, Apart},
    services::run_to_end,
};

/// Keeps somebody away, both ways and at once: what they floated you is popped, what you floated them is taken back, your chat is
/// there for neither. They are not told. Repeating it changes nothing. `Forbidden` for oneself.
#[tracing::instrument(name = "safety.block", level = "trace", skip_all)]
pub async fn block(services: &Services, viewer: Viewer, other: UserId) -> Result<()> {
    if other == viewer.user {
        return Err(ErrorCode::Forbidden.into());
    }
    limits::check(services, &limits::SAFETY, &viewer.user.to_string()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let parted = conn.transaction(async |conn| part(conn, viewer.user, other).await).await?;
        drop(conn);
        if let Some(parted) = parted {
            parted.tell(&services, viewer.user, other).await;
        }
        Ok(())
    })
    .await
}

/// What a block took away.
struct Parted {
    popped: Vec<BalloonId>,
    withdrawn: Vec<BalloonId>,
    chat: Option<ChatId>,
}

/// `None` when the block stood already.
async fn part(conn: &mut AsyncPgConnection, blocker: UserId, blocked: UserId) -> Result<Option<Parted>> {
    // As floating does: a balloon at the same moment comes before or after, not between.
    if user::lock(conn, &[blocker, blocked]).await?.len() < 2 {
        return Err(Error::from(ErrorCode::NotFound));
    }
    let now = Utc::now();
    let ties = ties_of(conn, blocker, blocked, now).await?.ok_or(ErrorCode::NotFound)?;
    if !block::insert(conn, blocker, blocked, may_see(&ties)).await? {
        return Ok(None);
    }
    // Taken back is whatever was not caught: the sender's list is to tell no difference.
    let (waiting, uncaught) = (&[balloon::PENDING][..], &[balloon::PENDING, balloon::POPPED][..]);
    Ok(Some(Parted {
        popped: block::close_balloons(conn, blocked, blocker, waiting, balloon::POPPED, now).await?,
        withdrawn: block::close_balloons(conn, blocker, blocked, uncaught, balloon::WITHDRAWN, now).await?,
        chat: block::set_aside(conn, blocker, blocked).await?,
    }))
}

impl Parted {
    async fn tell(&self, services: &Services, blocker: UserId, blocked: UserId) {
        realtime::tell_apart(services, Apart { one: blocker, other: blocked, stands: true }).await;
        for (user, balloons) in [(blocker, &self.popped), (blocked, &self.withdrawn)] {
            for &balloon in balloons {
                realtime::tell_user(services, user, &ServerEvent::BalloonGone { balloon }).await;
            }
        }
        if let Some(chat) = self.chat {
            for user in [blocker, blocked] {
                realtime::tell_user(services, user, &ServerEvent::ChatClosed { chat }).await;
            }
        }
    }
}

/// Takes a block back. Where none stands any more, the chat is there again as it was; balloons stay gone.
#[tracing::instrument(name = "safety.unblock", level = "trace", skip_all)]
pub async fn unblock(services: &Services, viewer: Viewer, other: UserId) -> Result<()> {
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let joined = conn.transaction(async |conn| join(conn, viewer.user, other).await).await?;
        drop(conn);
        if joined.is_some() {
            realtime::tell_apart(&services, Apart { one: viewer.user, other, stands: false }).await;
        }
        if let Some(chat) = joined.flatten() {
            for user in [viewer.user, other] {
                realtime::tell_user(&services, user, &ServerEvent::ChatOpened { chat }).await;
            }
        }
        Ok(())
    })
    .await
}

/// `None` where a block stands still or none stood; else the chat that is there again, if there was one.
async fn join(conn: &mut AsyncPgConnection, blocker: UserId, blocked: UserId) -> Result<Option<Option<ChatId>>> {
    user::lock(conn, &[blocker, blocked]).await?;
    if !block::delete(conn, blocker, blocked).await? || block::between(conn, blocker, blocked).await? {
        return Ok(None);
    }
    Ok(Some(block::bring_back(conn, blocker, blocked).await?))
}

/// Whom the viewer blocked, the last one first.
#[tracing::instrument(name = "safety.blocks", level = "trace", skip_all)]
pub async fn blocks(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<Block>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let mut conn = services.database.primary().await?;
    let page = keyset.page(block::list(&mut conn, viewer.user, keyset).await?, |row| row.id.as_uuid());
    let items = page.items.into_iter().map(|row| Block {
        id: row.id,
        user: row.blocked_id,
        person: row.is_known.then(|| present::person(&services.storage, row.card)),
        blocked_at: row.created_at,
    });
    Ok(Page { items: items.collect(), next: page.next })
}
