//! Accounts: whom a password belongs to, and the sessions it opened. The only queries that see a hash.
//!
//! Times are the caller's `now`, so that what is compared was told by one kind of clock.

use balloond_shared::{SessionId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{api_tokens, refresh_tokens, sessions, totp_secrets, users};

/// SHA-256 of a refresh token.
pub type TokenHash = [u8; 32];

#[derive(Insertable)]
#[diesel(table_name = users)]
pub struct NewAccount<'a> {
    pub id: UserId,
    /// Lower-cased.
    pub email: &'a str,
    pub password_hash: &'a str,
    pub name: &'a str,
    pub age: i16,
    pub age_given_on: NaiveDate,
    /// Until then nobody sees the account.
    pub verified_at: Option<DateTime<Utc>>,
}

/// What a log-in is checked against.
#[derive(Queryable)]
pub struct Credentials {
    pub id: UserId,
    pub password_hash: String,
    /// Whoever has a second step, takes it.
    pub second_step: Option<UserId>,
}

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession<'a> {
    pub id: SessionId,
    pub user_id: UserId,
    pub address: &'a str,
    pub user_agent: &'a str,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: Text) -> Text;
}

/// Of one email there may be several that are not verified.
pub async fn create(conn: &mut AsyncPgConnection, account: &NewAccount<'_>) -> QueryResult<()> {
    diesel::insert_into(users::table).values(account).execute(conn).await.map(drop)
}

/// Of the verified account of an email, in whatever case.
pub async fn credentials(conn: &mut AsyncPgConnection, email: &str) -> QueryResult<Option<Credentials>> {
    let factor = totp_secrets::user_id.eq(users::id).and(totp_secrets::confirmed_at.is_not_null());
    let query = users::table
        .left_join(totp_secrets::table.on(factor))
        .filter(lower(users::email).eq(lower(email)))
        .filter(users::verified_at.is_not_null())
        .filter(users::erased_at.is_null())
        .select((users::id, users::password_hash, totp_secrets::user_id.nullable()));
    query.first(conn).await.optional()
}

/// Replaces a hash by one of the same password, unless the password changed in the meantime.
pub async fn upgrade_password_hash(conn: &mut AsyncPgConnection, id: UserId, old: &str, new: &str) -> QueryResult<()> {
    let unchanged = users::table.find(id).filter(users::password_hash.eq(old));
    diesel::update(unchanged).set(users::password_hash.eq(new)).execute(conn).await.map(drop)
}

/// Opens a session with its first refresh token. Belongs in a transaction.
pub async fn open_session(
    conn: &mut AsyncPgConnection,
    session: &NewSession<'_>,
    token: &TokenHash,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn).await?;
    insert_token(conn, session.id, token, session.created_at).await
}

/// The session of a refresh token and when that was replaced, if it was. Locks the session until the transaction ends: its
/// rotations happen one after the other.
pub async fn lock_by_token(
    conn: &mut AsyncPgConnection,
    token: &TokenHash,
) -> QueryResult<Option<(Session, Option<DateTime<Utc>>)>> {
    let holder = refresh_tokens::table.find(token.as_slice()).select(refresh_tokens::session_id);
    let session = sessions::table.filter(sessions::id.eq_any(holder)).select(Session::as_select()).for_no_key_update();
    let Some(session) = session.first(conn).await.optional()? else { return Ok(None) };
    // Read once the lock is held: whoever had it may have replaced the token.
    let replaced_at = refresh_tokens::table.find(token.as_slice()).select(refresh_tokens::replaced_at);
    Ok(replaced_at.first(conn).await.optional()?.map(|replaced_at| (session, replaced_at)))
}

/// Puts `next` in the place of `token` and moves the session's end. Belongs in the transaction of [`lock_by_token`].
pub async fn rotate(
    conn: &mut AsyncPgConnection,
    session: SessionId,
    token: &TokenHash,
    next: &TokenHash,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let replaced = refresh_tokens::table.find(token.as_slice());
    diesel::update(replaced).set(refresh_tokens::replaced_at.eq(now)).execute(conn).await?;
    insert_token(conn, session, next, now).await?;
    let seen = (sessions::last_seen_at.eq(now), sessions::expires_at.eq(expires_at));
    diesel::update(sessions::table.find(session)).set(seen).execute(conn).await.map(drop)
}

/// Ends a session; whether it was open until now.
pub async fn revoke(conn: &mut AsyncPgConnection, session: SessionId, now: DateTime<Utc>) -> QueryResult<bool> {
    let open = sessions::table.find(session).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(open).set(sessions::revoked_at.eq(now)).execute(conn).await? > 0)
}

/// An open session, as its owner sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Device {
    pub id: SessionId,
    pub address: String,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// Somebody's open sessions, at most `limit`, the one used last first.
pub async fn open_sessions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Device>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .limit(limit)
        .select(Device::as_select())
        .load(conn)
        .await
}

/// Ends an open session of this person; whether there was one.
pub async fn revoke_own(
    conn: &mut AsyncPgConnection,
    user: UserId,
    session: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let own = sessions::table.find(session).filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(own).set(sessions::revoked_at.eq(now)).execute(conn).await? > 0)
}

/// Ends all open sessions of somebody but `kept`, and names them.
pub async fn revoke_others(
    conn: &mut AsyncPgConnection,
    user: UserId,
    kept: Option<SessionId>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<SessionId>> {
    let others = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.nullable().is_distinct_from(kept));
    diesel::update(others).set(sessions::revoked_at.eq(now)).returning(sessions::id).get_results(conn).await
}

/// The hash of somebody's password.
pub async fn password_hash(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<Option<String>> {
    users::table.find(id).select(users::password_hash).first(conn).await.optional()
}

pub async fn set_password_hash(conn: &mut AsyncPgConnection, id: UserId, hash: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(conn).await
}

/// The sessions that were revoked after `since`, and the API tokens, which are sessions as far as anybody who hears of it cares.
pub async fn revoked_since(conn: &mut AsyncPgConnection, since: DateTime<Utc>) -> QueryResult<Vec<SessionId>> {
    let sessions = sessions::table.filter(sessions::revoked_at.gt(since)).select(sessions::id);
    let tokens = api_tokens::table.filter(api_tokens::revoked_at.gt(since)).select(api_tokens::id);
    sessions.union_all(tokens).load(conn).await
}

/// Deletes at most `limit` sessions that ended before `cutoff`, and their tokens; answers how many.
pub async fn delete_ended_sessions(
    conn: &mut AsyncPgConnection,
    cutoff: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let ended = diesel::alias!(sessions as ended);
    let ids = ended
        .filter(
            ended
                .field(sessions::expires_at)
                .lt(cutoff)
                .or(ended.field(sessions::revoked_at).assume_not_null().lt(cutoff)),
        )
        .select(ended.field(sessions::id))
        .limit(limit);
    diesel::delete(sessions::table).filter(sessions::id.eq_any(ids)).execute(conn).await
}

/// Deletes at most `limit` tokens that were replaced before `cutoff`; answers how many.
pub async fn delete_replaced_tokens(
    conn: &mut AsyncPgConnection,
    cutoff: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let replaced = diesel::alias!(refresh_tokens as replaced);
    let hashes = replaced
        .filter(replaced.field(refresh_tokens::replaced_at).lt(cutoff))
        .select(replaced.field(refresh_tokens::token_hash))
        .limit(limit);
    diesel::delete(refresh_tokens::table).filter(refresh_tokens::token_hash.eq_any(hashes)).execute(conn).await
}

async fn insert_token(
    conn: &mut AsyncPgConnection,
    session: SessionId,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let row = (
        refresh_tokens::token_hash.eq(token.as_slice()),
        refresh_tokens::session_id.eq(session),
        refresh_tokens::created_at.eq(now),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(conn).await.map(drop)
}
