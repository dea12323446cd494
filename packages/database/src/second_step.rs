//! The second step at log-in: the app's secret, and the codes on paper.

use balloond_shared::UserId;
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    query_dsl::methods,
    sql_query,
    sql_types::{Array, BigInt, Binary, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{recovery_codes, totp_secrets, users};

/// What a second step is checked against.
#[derive(Queryable)]
pub struct Factor {
    pub password_hash: String,
    pub sealed: Vec<u8>,
    /// The step of time of the last code that was taken.
    pub last_step: i64,
}

/// Begins setting an app up, anew if it was begun before; false when one is set up already.
pub async fn begin(conn: &mut AsyncPgConnection, user: UserId, sealed: &[u8]) -> QueryResult<bool> {
    let fresh = (totp_secrets::sealed.eq(sealed), totp_secrets::last_step.eq(0_i64));
    let put = diesel::insert_into(totp_secrets::table)
        .values((totp_secrets::user_id.eq(user), fresh))
        .on_conflict(totp_secrets::user_id)
        .do_update()
        .set(fresh);
    Ok(methods::FilterDsl::filter(put, totp_secrets::confirmed_at.is_null()).execute(conn).await? > 0)
}

/// The secret that is being set up.
pub async fn begun(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Vec<u8>>> {
    let begun = totp_secrets::table.find(user).filter(totp_secrets::confirmed_at.is_null());
    begun.select(totp_secrets::sealed).for_no_key_update().first(conn).await.optional()
}

/// From now on it is asked for.
pub async fn confirm(conn: &mut AsyncPgConnection, user: UserId, step: i64, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(totp_secrets::table.find(user))
        .set((totp_secrets::confirmed_at.eq(now), totp_secrets::last_step.eq(step)))
        .execute(conn)
        .await
}

/// What somebody's second step is checked against, if they have one. Locked until the transaction ends: of two who show the same
/// code at the same moment, the second is refused.
pub async fn lock(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Factor>> {
    totp_secrets::table
        .inner_join(users::table)
        .filter(totp_secrets::user_id.eq(user))
        .filter(totp_secrets::confirmed_at.is_not_null())
        .filter(users::erased_at.is_null())
        .select((users::password_hash, totp_secrets::sealed, totp_secrets::last_step))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// A code of this step was taken.
pub async fn take_step(conn: &mut AsyncPgConnection, user: UserId, step: i64) -> QueryResult<usize> {
    diesel::update(totp_secrets::table.find(user)).set(totp_secrets::last_step.eq(step)).execute(conn).await
}

/// Whether it was one of the codes on paper; it is none any more.
pub async fn take_recovery_code(conn: &mut AsyncPgConnection, user: UserId, hash: &[u8]) -> QueryResult<bool> {
    Ok(diesel::delete(recovery_codes::table.find((user, hash))).execute(conn).await? > 0)
}

/// How many codes on paper are left to whoever has a second step; `None` to whoever has not.
pub async fn left(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<i64>> {
    let is_on = totp_secrets::table.find(user).filter(totp_secrets::confirmed_at.is_not_null());
    if !diesel::select(diesel::dsl::exists(is_on)).get_result(conn).await? {
        return Ok(None);
    }
    recovery_codes::table.filter(recovery_codes::user_id.eq(user)).count().get_result(conn).await.map(Some)
}

/// Puts codes in the place of those there were.
pub async fn put_recovery_codes(conn: &mut AsyncPgConnection, user: UserId, hashes: &[[u8; 32]]) -> QueryResult<usize> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn).await?;
    let rows: Vec<_> = hashes
        .iter()
        .map(|hash| (recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(hash.as_slice())))
        .collect();
    diesel::insert_into(recovery_codes::table).values(rows).execute(conn).await
}

/// Nothing is asked for any more; false when nothing was.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn).await?;
    Ok(diesel::delete(totp_secrets::table.find(user)).execute(conn).await? > 0)
}

/// A secret that was sealed under another key.
#[derive(QueryableByName)]
pub struct Sealed {
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    #[diesel(sql_type = Binary)]
    pub sealed: Vec<u8>,
}

/// At most `limit` secrets that were not sealed under this key, in the order of their owners and after one. Locked until the
/// transaction ends; what somebody is using is left for another time.
pub async fn sealed_otherwise(
    conn: &mut AsyncPgConnection,
    kid: &str,
    after: UserId,
    limit: i64,
) -> QueryResult<Vec<Sealed>> {
    sql_query(
        "SELECT user_id, sealed FROM totp_secrets
         WHERE user_id > $1 AND substring(sealed FROM 2 FOR get_byte(sealed, 0)) <> convert_to($2, 'UTF8')
         ORDER BY user_id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
    )
    .bind::<Uuid, _>(after)
    .bind::<Text, _>(kid)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// Puts secrets, sealed anew, in the place of what their owners have. Belongs in the transaction of [`sealed_otherwise`].
pub async fn put_sealed(conn: &mut AsyncPgConnection, users: &[UserId], sealed: &[Vec<u8>]) -> QueryResult<usize> {
    sql_query(
        "UPDATE totp_secrets SET sealed = fresh.sealed FROM unnest($1, $2) AS fresh (user_id, sealed)
         WHERE totp_secrets.user_id = fresh.user_id",
    )
    .bind::<Array<Uuid>, _>(users)
    .bind::<Array<Binary>, _>(sealed)
    .execute(conn)
    .await
}
