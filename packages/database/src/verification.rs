//! Codes that were mailed, and the accounts that wait for theirs.

use balloond_shared::UserId;
use chrono::{DateTime, Utc};
use diesel::{prelude::*, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{mail_codes, users};

/// The constraint that a second verified account of one email runs into.
pub const VERIFIED_EMAIL_KEY: &str = "users_verified_email_key";

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: Text) -> Text;
}

/// Whom a code is mailed to.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Addressee {
    pub id: UserId,
    pub email: String,
    pub verified_at: Option<DateTime<Utc>>,
}

/// A code as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mail_codes)]
pub struct Code {
    pub code_hash: Vec<u8>,
    pub expires_at: DateTime<Utc>,
    pub tries: i16,
}

pub async fn addressee(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Addressee>> {
    let there = users::table.find(user).filter(users::erased_at.is_null());
    there.select(Addressee::as_select()).first(conn).await.optional()
}

/// Whose verified account an email is.
pub async fn verified(conn: &mut AsyncPgConnection, email: &str) -> QueryResult<Option<UserId>> {
    users::table
        .filter(lower(users::email).eq(lower(email)))
        .filter(users::verified_at.is_not_null())
        .filter(users::erased_at.is_null())
        .select(users::id)
        .first(conn)
        .await
        .optional()
}

/// Puts a code in the place of the last.
pub async fn put_code(
    conn: &mut AsyncPgConnection,
    user: UserId,
    purpose: &str,
    hash: &[u8],
    expires_at: DateTime<Utc>,
) -> QueryResult<usize> {
    let fresh = (mail_codes::code_hash.eq(hash), mail_codes::expires_at.eq(expires_at), mail_codes::tries.eq(0_i16));
    diesel::insert_into(mail_codes::table)
        .values((mail_codes::user_id.eq(user), mail_codes::purpose.eq(purpose), fresh))
        .on_conflict((mail_codes::user_id, mail_codes::purpose))
        .do_update()
        .set(fresh)
        .execute(conn)
        .await
}

/// Counts a try at a code, and answers the code; it is locked until the transaction ends.
pub async fn try_code(conn: &mut AsyncPgConnection, user: UserId, purpose: &str) -> QueryResult<Option<Code>> {
    diesel::update(mail_codes::table.find((user, purpose)))
        .set(mail_codes::tries.eq(mail_codes::tries + 1))
        .returning(Code::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// A code works once.
pub async fn use_up_code(conn: &mut AsyncPgConnection, user: UserId, purpose: &str) -> QueryResult<usize> {
    diesel::delete(mail_codes::table.find((user, purpose))).execute(conn).await
}

/// Fails with a violation of [`VERIFIED_EMAIL_KEY`] when the email has a verified account.
pub async fn verify(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<usize> {
    let waiting = users::table.find(user).filter(users::verified_at.is_null());
    diesel::update(waiting).set((users::verified_at.eq(now), users::version.eq(users::version + 1))).execute(conn).await
}

/// At most `limit` accounts that were opened before `cutoff` and never verified.
pub async fn run_out(conn: &mut AsyncPgConnection, cutoff: DateTime<Utc>, limit: i64) -> QueryResult<Vec<UserId>> {
    users::table
        .filter(users::verified_at.is_null())
        .filter(users::erased_at.is_null())
        .filter(users::created_at.lt(cutoff))
        .order(users::created_at)
        .select(users::id)
        .limit(limit)
        .load(conn)
        .await
}
