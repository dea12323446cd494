//! The second step at log-in: the app's secret, and the codes on paper.

use balloond_shared::UserId;
use chrono::{DateTime, Utc};
use diesel::{prelude::*, query_dsl::methods};
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
