//! Who may be floated a balloon.

use balloond_database::{Keyset, user};
use balloond_shared::{
    Page,
    balloon::PAIR_COOLDOWN_DAYS,
    people::{PeopleQuery, Person},
};
use chrono::{Duration, Utc};

use crate::{Result, Services, Viewer, present, replica};

/// The people whom the viewer may float a balloon, newest first.
pub async fn search(services: &Services, viewer: Viewer, query: &PeopleQuery) -> Result<Page<Person>> {
    let filter = query.parse()?;
    let keyset = Keyset::parse(filter.cursor.as_deref(), filter.limit)?;
    let search = user::Search {
        min_age: filter.min_age.map(|age| age.years()),
        max_age: filter.max_age.map(|age| age.years()),
        interest: filter.interest.map(|interest| interest.into_string()),
        name_part: filter.name_part,
    };
    let now = Utc::now();
    let cooldown_began = now - Duration::days(PAIR_COOLDOWN_DAYS);
    let mut conn = replica::connection(services, viewer).await?;
    let cards = user::search(&mut conn, viewer.user, &search, now.date_naive(), cooldown_began, keyset).await?;
    let page = keyset.page(cards, |card| card.id.as_uuid());
    Ok(Page {
        items: page.items.into_iter().map(|card| present::person(&services.storage, card)).collect(),
        next: page.next,
    })
}
