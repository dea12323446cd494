//! Passkeys.

use balloond_shared::{PasskeyId, UserId};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{passkeys, users};

/// Whoever adds the same key twice is told.
pub const CREDENTIAL_KEY: &str = "passkeys_credential_id_key";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys)]
pub struct Passkey {
    pub id: PasskeyId,
    pub user_id: UserId,
    pub name: String,
    pub credential_id: Vec<u8>,
    pub fixed: Vec<u8>,
    pub changing: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

pub async fn insert(conn: &mut AsyncPgConnection, passkey: &Passkey) -> QueryResult<usize> {
    diesel::insert_into(passkeys::table).values(passkey).execute(conn).await
}

/// Somebody's passkeys, the oldest first, at most `limit`.
pub async fn list(conn: &mut AsyncPgConnection, user: UserId, limit: i64) -> QueryResult<Vec<Passkey>> {
    passkeys::table
        .filter(passkeys::user_id.eq(user))
        .order(passkeys::id)
        .limit(limit)
        .select(Passkey::as_select())
        .load(conn)
        .await
}

/// How many they have.
pub async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    passkeys::table.filter(passkeys::user_id.eq(user)).count().get_result(conn).await
}

/// The passkey that the authenticator calls so, if its owner can log in. Locked until the transaction ends: of two who show the same
/// count at the same moment, the second is refused.
pub async fn lock(conn: &mut AsyncPgConnection, credential: &[u8]) -> QueryResult<Option<Passkey>> {
    let owner = users::table
        .filter(users::id.eq(passkeys::user_id))
        .filter(users::verified_at.is_not_null())
        .filter(users::erased_at.is_null());
    passkeys::table
        .filter(passkeys::credential_id.eq(credential))
        .filter(diesel::dsl::exists(owner))
        .select(Passkey::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// It was used. Belongs in the transaction of [`lock`].
pub async fn take_use(
    conn: &mut AsyncPgConnection,
    id: PasskeyId,
    changing: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(passkeys::table.find(id))
        .set((passkeys::changing.eq(changing), passkeys::last_used_at.eq(now)))
        .execute(conn)
        .await
}

/// Removes a passkey of this person; whether there was one.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: PasskeyId) -> QueryResult<bool> {
    Ok(diesel::delete(passkeys::table.find(id).filter(passkeys::user_id.eq(user))).execute(conn).await? > 0)
}
