//! People: their profiles, and the list of who may be floated a balloon.

use balloond_shared::{PhotoId, UserId};
use chrono::{DateTime, Months, NaiveDate, Utc};
use diesel::{
    dsl::{exists, not},
    prelude::*,
    sql_types::{Date, SmallInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset,
    balloon::is_pending,
    schema::{balloons, blocks, chats, photos, users},
};

/// A whole profile, but for its photos.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub age: i16,
    pub age_given_on: NaiveDate,
    pub bio: String,
    pub interests: Vec<String>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub verified_at: Option<DateTime<Utc>>,
    pub role: Option<String>,
    pub suspended_until: Option<DateTime<Utc>>,
}

/// A person as a list shows them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Card {
    pub id: UserId,
    pub name: String,
    pub age: i16,
    pub age_given_on: NaiveDate,
    pub bio: String,
    pub interests: Vec<String>,
    #[diesel(embed)]
    pub photo: Option<CardPhoto>,
}

/// A person's first photo.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = photos)]
pub struct CardPhoto {
    pub id: PhotoId,
    pub width: i32,
    pub height: i32,
    pub placeholder: String,
}

/// A change of a profile: what is `None` stays.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct Change {
    pub name: Option<String>,
    pub age: Option<i16>,
    pub age_given_on: Option<NaiveDate>,
    pub bio: Option<String>,
    pub interests: Option<Vec<String>>,
}

/// Whom to look for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub min_age: Option<i16>,
    pub max_age: Option<i16>,
    pub interest: Option<String>,
    pub name_part: Option<String>,
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn birth_anchor(age: SmallInt, given_on: Date) -> Date;
    fn lower(text: Text) -> Text;
}

/// Joins each person with their first photo: the one at position 0.
macro_rules! with_first_photo {
    ($users:expr) => {
        $users.left_join($crate::schema::photos::table.on(
            $crate::schema::photos::user_id.eq($crate::schema::users::id).and($crate::schema::photos::position.eq(0)),
        ))
    };
}
pub(crate) use with_first_photo;

/// `None` also for who was erased.
pub async fn find(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<User>> {
    let there = users::table.find(id).filter(users::erased_at.is_null());
    there.select(User::as_select()).first(conn).await.optional()
}

/// Several people's cards, in no order.
pub async fn cards(mut conn: &AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<Card>> {
    with_first_photo!(users::table).filter(users::id.eq_any(ids)).select(Card::as_select()).load(&mut conn).await
}

pub async fn card(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<Card>> {
    with_first_photo!(users::table).filter(users::id.eq(id)).select(Card::as_select()).first(conn).await.optional()
}

/// Somebody whose row is locked.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Locked {
    pub id: UserId,
    pub verified_at: Option<DateTime<Utc>>,
}

/// Locks people's rows until the transaction ends, in the order of their ids, and answers which of them exist: what
/// concerns them at once happens one after the other.
pub async fn lock(conn: &mut AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<Locked>> {
    let rows = users::table.filter(users::id.eq_any(ids)).order(users::id);
    rows.select(Locked::as_select()).for_no_key_update().load(conn).await
}

/// Applies a change and counts the version up; `None` when there is no such person, or not at `expected_version`.
pub async fn update(
    conn: &mut AsyncPgConnection,
    id: UserId,
    change: Change,
    expected_version: Option<i32>,
) -> QueryResult<Option<User>> {
    let mut update =
        diesel::update(users::table.find(id)).set((change, users::version.eq(users::version + 1))).into_boxed();
    if let Some(version) = expected_version {
        update = update.filter(users::version.eq(version));
    }
    update.returning(User::as_returning()).load(conn).await.map(crate::committed)
}

/// Counts the version up: a photo changed.
pub async fn touch(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::version.eq(users::version + 1)).execute(conn).await
}

/// Whom `viewer` may float a balloon, newest first: everybody but themselves, those they have a chat with, those they floated
/// one since `cooldown_began`, those whose balloon waits for them, those on a pause, those who are suspended, and those between whom and them a block stands.
pub async fn search(
    mut conn: &AsyncPgConnection,
    viewer: UserId,
    search: &Search,
    today: NaiveDate,
    cooldown_began: DateTime<Utc>,
    keyset: Keyset,
) -> QueryResult<Vec<Card>> {
    let now = Utc::now();
    let floated = balloons::table
        .filter(balloons::from_id.eq(viewer))
        .filter(balloons::to_id.eq(users::id))
        .filter(balloons::sent_at.gt(cooldown_began));
    let waiting = balloons::table
        .filter(balloons::to_id.eq(viewer))
        .filter(balloons::from_id.eq(users::id))
        .filter(is_pending())
        .filter(balloons::expires_at.gt(now));
    // The viewer's chats once, rather than a look for a chat a person.
    let below = chats::table.filter(chats::direct_low.eq(viewer)).select(chats::direct_high.assume_not_null());
    let above = chats::table.filter(chats::direct_high.eq(viewer)).select(chats::direct_low.assume_not_null());
    let blocked = blocks::table.filter(blocks::blocker_id.eq(viewer)).select(blocks::blocked_id);
    let blocking = blocks::table.filter(blocks::blocked_id.eq(viewer)).select(blocks::blocker_id);
    let mut query = with_first_photo!(users::table)
        .select(Card::as_select())
        .filter(users::id.ne(viewer))
        .filter(users::paused_at.is_null())
        .filter(users::erased_at.is_null())
        .filter(users::suspended_until.is_null().or(users::suspended_until.assume_not_null().le(now)))
        .filter(users::verified_at.is_not_null())
        .filter(users::id.ne_all(blocked))
        .filter(users::id.ne_all(blocking))
        .filter(not(exists(floated)))
        .filter(not(exists(waiting)))
        .filter(users::id.ne_all(below))
        .filter(users::id.ne_all(above))
        .order(users::id.desc())
        .limit(keyset.rows())
        .into_boxed();
    if let Some(after) = keyset.after {
        query = query.filter(users::id.lt(after));
    }
    let anchor = birth_anchor(users::age, users::age_given_on);
    if let Some(youngest) = search.min_age {
        query = query.filter(anchor.le(years_before(today, youngest)));
    }
    if let Some(oldest) = search.max_age {
        query = query.filter(anchor.gt(years_before(today, oldest + 1)));
    }
    if let Some(interest) = &search.interest {
        query = query.filter(users::interests.contains(vec![interest.clone()]));
    }
    if let Some(part) = &search.name_part {
        query = query.filter(lower(users::name).like(format!("%{}%", escape_like(&part.to_lowercase()))));
    }
    query.load(&mut conn).await
}

fn years_before(today: NaiveDate, years: i16) -> NaiveDate {
    let months = u32::try_from(years).unwrap_or(0) * 12;
    today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)
}

/// `%`, `_` and `\` stand for themselves in what a person typed.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
