//! Who may be floated a balloon.

use balloond_database::{AsyncPgConnection, Keyset, QueryResult, user};
use balloond_shared::{
    FieldErrors, Page,
    balloon::PAIR_COOLDOWN_DAYS,
    chat::Badges,
    people::{PeopleQuery, Person},
};
use chrono::{Duration, Utc};
use tokio::try_join;

use crate::{Error, Result, Services, Viewer, chat::count_badges, present, replica};

/// The people whom the viewer may float a balloon, newest first.
#[tracing::instrument(name = "people.search", level = "trace", skip_all)]
pub async fn search(services: &Services, viewer: Viewer, query: &PeopleQuery) -> Result<Page<Person>> {
    let wanted = Wanted::parse(query)?;
    let conn = replica::connection(services, viewer).await?;
    Ok(wanted.find(services, &conn, viewer).await?)
}

/// The same and what waits for the viewer, in one round trip. What is wrong with the query is told beside.
#[tracing::instrument(name = "people.browse", level = "trace", skip_all)]
pub async fn browse(
    services: &Services,
    viewer: Viewer,
    query: &PeopleQuery,
) -> Result<(Result<Page<Person>, FieldErrors>, Badges)> {
    let wanted = match Wanted::parse(query) {
        Ok(wanted) => Ok(wanted),
        Err(Error::Invalid(fields)) => Err(fields),
        Err(error) => return Err(error),
    };
    let conn = replica::connection(services, viewer).await?;
    let badges = count_badges(&conn, viewer.user);
    Ok(match wanted {
        Ok(wanted) => {
            let (people, badges) = try_join!(wanted.find(services, &conn, viewer), badges)?;
            (Ok(people), badges)
        }
        Err(fields) => (Err(fields), badges.await?),
    })
}

/// Whom to look for, and which page of them.
struct Wanted {
    search: user::Search,
    keyset: Keyset,
}

impl Wanted {
    fn parse(query: &PeopleQuery) -> Result<Self> {
        let filter = query.parse()?;
        let keyset = Keyset::parse(filter.cursor.as_deref(), filter.limit)?;
        let search = user::Search {
            min_age: filter.min_age.map(|age| age.years()),
            max_age: filter.max_age.map(|age| age.years()),
            interest: filter.interest.map(|interest| interest.into_string()),
            name_part: filter.name_part,
        };
        Ok(Self { search, keyset })
    }

    async fn find(&self, services: &Services, conn: &AsyncPgConnection, viewer: Viewer) -> QueryResult<Page<Person>> {
        let now = Utc::now();
        let cooldown_began = now - Duration::days(PAIR_COOLDOWN_DAYS);
        let (search, keyset) = (&self.search, self.keyset);
        let cards = user::search(conn, viewer.user, search, now.date_naive(), cooldown_began, keyset).await?;
        let page = keyset.page(cards, |card| card.id.as_uuid());
        Ok(Page {
            items: page.items.into_iter().map(|card| present::person(&services.storage, card)).collect(),
            next: page.next,
        })
    }
}
