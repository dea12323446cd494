//! Chats: listing, reading, sending.

mod change;
mod erase;
mod feed;
mod mute;
mod photo;
mod read;
mod room;
mod search;
mod send;

use balloond_database::{Keyset, chat};
use balloond_shared::{
    ChatId, ErrorCode, Page,
    chat::{Badges, Chat, ChatSummary},
    group::{MemberRole, Role},
    page,
    people::Person,
};
use tokio::try_join;

pub use change::{delete, edit, react};
pub(crate) use erase::{erase_photos, erase_reactions};
pub(crate) use feed::count_badges;
pub use feed::{Standing, are_members, badges, changes, heads, kept_apart, standing, typing};
pub use mute::mute;
pub(crate) use photo::discard as discard_photo;
pub use photo::{PHOTO_URL_LIFE, photo_url, send_photo};
pub use read::{join, mark_read, message, messages};
pub use room::{Room, room};
pub use search::search;
pub use send::{Sent, send};

use crate::{Result, Services, Viewer, present, privacy};

/// The viewer's chats, the one with the newest message first.
#[tracing::instrument(name = "chat.list", level = "trace", skip_all)]
pub async fn list(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ChatSummary>> {
    let keyset = Keyset::parse(cursor, page::limit(limit))?;
    let conn = services.database.primary().await?;
    Ok(summaries(services, keyset, chat::list(&conn, viewer.user, keyset).await?))
}

/// The same and what waits for the viewer, in one round trip.
#[tracing::instrument(name = "chat.overview", level = "trace", skip_all)]
pub async fn overview(
    services: &Services,
    viewer: Viewer,
    cursor: Option<&str>,
) -> Result<(Page<ChatSummary>, Badges)> {
    let keyset = Keyset::parse(cursor, page::limit(None))?;
    let conn = services.database.primary().await?;
    let (rows, badges) = try_join!(chat::list(&conn, viewer.user, keyset), count_badges(&conn, viewer.user))?;
    Ok((summaries(services, keyset, rows), badges))
}

fn summaries(services: &Services, keyset: Keyset, rows: Vec<chat::Summary>) -> Page<ChatSummary> {
    let page = keyset.page(rows, |row| row.newest);
    let items = page.items.into_iter().map(|row| {
        let with = row.with.clone().card().map(|card| present::person(&services.storage, card));
        present::chat_summary(row, with)
    });
    Page { items: items.collect(), next: page.next }
}

/// One chat. `NotFound` for whoever is not a member.
#[tracing::instrument(name = "chat.get", level = "trace", skip_all)]
pub async fn get(services: &Services, viewer: Viewer, chat: ChatId) -> Result<Chat> {
    let conn = services.database.primary().await?;
    let row = chat::summary(&conn, viewer.user, chat).await?.ok_or(ErrorCode::NotFound)?;
    Ok(whole(services, viewer, row, chat::members(&conn, chat).await?))
}

/// A chat of these members, with how far each has read, as far as the viewer sees that, and their roles.
fn whole(services: &Services, viewer: Viewer, row: chat::Summary, rows: Vec<chat::Member>) -> Chat {
    let readers: Vec<_> = rows.iter().map(|(card, seq, _, shares)| (card.id, *seq, *shares)).collect();
    let read = privacy::cursors(&readers, viewer.user);
    let is_group = row.kind == balloond_database::group::GROUP;
    let role = |(card, _, role, _): &chat::Member| MemberRole { user: card.id, role: Role::by_name(role) };
    let roles = rows.iter().filter(|_| is_group).map(role).collect();
    let members: Vec<Person> = rows.into_iter().map(|(card, ..)| present::person(&services.storage, card)).collect();
    let with = members.iter().find(|member| Some(member.id) == row.with.other_id).cloned();
    Chat { summary: present::chat_summary(row, with), members, roles, read }
}
