//! Tokens that people made for programs of theirs. The only queries that see their hashes.

use balloond_shared::{ApiTokenId, SessionId, UserId};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{account::TokenHash, schema::api_tokens};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_tokens)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub user_id: UserId,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

pub async fn insert(conn: &mut AsyncPgConnection, token: &ApiToken, hash: &TokenHash) -> QueryResult<usize> {
    let row = (token.clone(), api_tokens::token_hash.eq(hash.as_slice()));
    diesel::insert_into(api_tokens::table).values(row).execute(conn).await
}

/// Somebody's tokens that were not revoked, the newest first, at most `limit`.
pub async fn list(conn: &mut AsyncPgConnection, user: UserId, limit: i64) -> QueryResult<Vec<ApiToken>> {
    api_tokens::table
        .filter(api_tokens::user_id.eq(user))
        .filter(api_tokens::revoked_at.is_null())
        .order(api_tokens::id.desc())
        .limit(limit)
        .select(ApiToken::as_select())
        .load(conn)
        .await
}

/// How many they have.
pub async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    let own = api_tokens::table.filter(api_tokens::user_id.eq(user)).filter(api_tokens::revoked_at.is_null());
    own.count().get_result(conn).await
}

/// The token with this hash, if it works `now`, which is noted as its last use.
pub async fn take_use(
    conn: &mut AsyncPgConnection,
    hash: &TokenHash,
    now: DateTime<Utc>,
) -> QueryResult<Option<ApiToken>> {
    let in_force = api_tokens::table
        .filter(api_tokens::token_hash.eq(hash.as_slice()))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.is_null().or(api_tokens::expires_at.gt(now)));
    diesel::update(in_force)
        .set(api_tokens::last_used_at.eq(now))
        .returning(ApiToken::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Ends a token of this person; whether there was one.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    user: UserId,
    token: ApiTokenId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let own =
        api_tokens::table.find(token).filter(api_tokens::user_id.eq(user)).filter(api_tokens::revoked_at.is_null());
    Ok(diesel::update(own).set(api_tokens::revoked_at.eq(now)).execute(conn).await? > 0)
}

/// Ends all tokens of somebody, and names them as the sessions that they stand for.
pub async fn revoke_all(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<Vec<SessionId>> {
    let own = api_tokens::table.filter(api_tokens::user_id.eq(user)).filter(api_tokens::revoked_at.is_null());
    diesel::update(own).set(api_tokens::revoked_at.eq(now)).returning(api_tokens::id).get_results(conn).await
}

/// Deletes at most `limit` tokens that ended before `cutoff`; answers how many.
pub async fn delete_ended(conn: &mut AsyncPgConnection, cutoff: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let ended = diesel::alias!(api_tokens as ended);
    let ids = ended
        .filter(
            ended
                .field(api_tokens::expires_at)
                .assume_not_null()
                .lt(cutoff)
                .or(ended.field(api_tokens::revoked_at).assume_not_null().lt(cutoff)),
        )
        .select(ended.field(api_tokens::id))
        .limit(limit);
    diesel::delete(api_tokens::table).filter(api_tokens::id.eq_any(ids)).execute(conn).await
}
