use balloond_database::{Keyset, search};
use balloond_shared::{
    Page, page,
    search::{FoundMessage, SearchQuery},
};

use crate::{Result, Services, Viewer, limits, present};

/// What was said in the viewer's chats, or in one of them, the newest first. A chat that is not theirs has nothing.
#[tracing::instrument(name = "chat.search", level = "trace", skip_all)]
pub async fn search(services: &Services, viewer: Viewer, query: &SearchQuery) -> Result<Page<FoundMessage>> {
    let words = query.parse()?;
    let keyset = Keyset::parse(query.cursor.as_deref(), page::limit(query.limit))?;
    limits::check(services, &limits::SEARCH, &viewer.user.to_string()).await?;
    let mut conn = services.database.primary().await?;
    let found = search::messages(&mut conn, viewer.user, &words, query.chat, keyset).await?;
    let page = keyset.page(found, |found| found.message.id.as_uuid());
    let items = page
        .items
        .into_iter()
        .map(|found| FoundMessage { title: found.title, message: present::plain_message(found.message) });
    Ok(Page { items: items.collect(), next: page.next })
}
