//! The photos of a profile, at the places 0 to 5 without a hole.

use balloond_shared::{PhotoId, UserId};
use diesel::{
    prelude::*,
    sql_types::{Array, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::prepared::prepared;
use crate::schema::photos;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = photos)]
pub struct Photo {
    pub id: PhotoId,
    pub width: i32,
    pub height: i32,
    pub placeholder: String,
}

/// A person's photos in their order.
pub async fn of_user(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Photo>> {
    photos::table.filter(photos::user_id.eq(user)).order(photos::position).select(Photo::as_select()).load(conn).await
}

pub async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    photos::table.filter(photos::user_id.eq(user)).count().get_result(conn).await
}

/// Stores a photo at `position`: the number of those before it, counted under the person's lock.
pub async fn insert(conn: &mut AsyncPgConnection, user: UserId, position: i16, photo: &Photo) -> QueryResult<usize> {
    diesel::insert_into(photos::table)
        .values((
            photos::id.eq(photo.id),
            photos::user_id.eq(user),
            photos::position.eq(position),
            photos::width.eq(photo.width),
            photos::height.eq(photo.height),
            photos::placeholder.eq(&photo.placeholder),
        ))
        .execute(conn)
        .await
}

/// Takes a photo away; 0 when it is not this person's.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, photo: PhotoId) -> QueryResult<usize> {
    diesel::delete(photos::table.find(photo)).filter(photos::user_id.eq(user)).execute(conn).await
}

/// Those of `photos` that exist.
pub async fn existing(conn: &mut AsyncPgConnection, ids: &[PhotoId]) -> QueryResult<Vec<PhotoId>> {
    photos::table.filter(photos::id.eq_any(ids)).select(photos::id).load(conn).await
}

/// Puts a person's photos at the places of `order`, which names each of them.
pub async fn reorder(conn: &mut AsyncPgConnection, user: UserId, order: &[PhotoId]) -> QueryResult<usize> {
    prepared(
        "UPDATE photos SET position = wanted.place - 1
         FROM unnest($2) WITH ORDINALITY AS wanted (id, place)
         WHERE photos.id = wanted.id AND photos.user_id = $1",
    )
    .bind::<Uuid, _>(user)
    .bind::<Array<Uuid>, _>(order)
    .execute(conn)
    .await
}
