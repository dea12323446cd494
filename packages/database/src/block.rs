//! Blocks: who keeps whom away.
//!
//! Whether one stands between two people is asked of the database's own function, [`is_blocked_between`], also in written SQL.

use balloond_shared::{BalloonId, BlockId, ChatId, UserId};
use chrono::{DateTime, Utc};
use diesel::{prelude::*, sql_types::Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset,
    prepared::prepared,
    schema::{balloons, blocks, users},
    user::{Card, with_first_photo},
};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Whether a block stands between two people, whoever of them made it.
    fn is_blocked_between(one: Uuid, other: Uuid) -> Bool;
}

/// Whether a block stands between two people, whoever of them made it.
pub async fn between(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<bool> {
    diesel::select(is_blocked_between(one, other)).get_result(conn).await
}

/// The blocks that stand between these people and anybody, each as who made it and whom it keeps away.
pub async fn of(mut conn: &AsyncPgConnection, people: &[UserId]) -> QueryResult<Vec<(UserId, UserId)>> {
    let one = blocks::blocker_id.eq_any(people);
    let query = blocks::table.filter(one.or(blocks::blocked_id.eq_any(people)));
    query.select((blocks::blocker_id, blocks::blocked_id)).load(&mut conn).await
}

/// Whether `blocker` blocked `blocked`, and knew them.
pub async fn exists(conn: &mut AsyncPgConnection, blocker: UserId, blocked: UserId) -> QueryResult<bool> {
    let block = blocks::table.filter(blocks::blocker_id.eq(blocker)).filter(blocks::blocked_id.eq(blocked));
    let block = block.filter(blocks::is_known);
    diesel::select(diesel::dsl::exists(block)).get_result(conn).await
}

/// False when it stands already. `is_known`: the blocker sees, or saw, whom they block.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    blocker: UserId,
    blocked: UserId,
    is_known: bool,
) -> QueryResult<bool> {
    let row = (
        blocks::id.eq(BlockId::new()),
        blocks::blocker_id.eq(blocker),
        blocks::blocked_id.eq(blocked),
        blocks::is_known.eq(is_known),
    );
    Ok(diesel::insert_into(blocks::table).values(row).on_conflict_do_nothing().execute(conn).await? > 0)
}

/// False when there was none.
pub async fn delete(conn: &mut AsyncPgConnection, blocker: UserId, blocked: UserId) -> QueryResult<bool> {
    let block = blocks::table.filter(blocks::blocker_id.eq(blocker)).filter(blocks::blocked_id.eq(blocked));
    Ok(diesel::delete(block).execute(conn).await? > 0)
}

/// A block as its maker sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = blocks)]
pub struct Listed {
    pub id: BlockId,
    pub created_at: DateTime<Utc>,
    pub is_known: bool,
    pub blocked_id: UserId,
    #[diesel(embed)]
    pub card: Card,
}

/// Whom somebody blocked, the last one first.
pub async fn list(conn: &mut AsyncPgConnection, blocker: UserId, keyset: Keyset) -> QueryResult<Vec<Listed>> {
    let mut query = with_first_photo!(blocks::table.inner_join(users::table.on(users::id.eq(blocks::blocked_id))))
        .filter(blocks::blocker_id.eq(blocker))
        .order(blocks::id.desc())
        .limit(keyset.rows())
        .select(Listed::as_select())
        .into_boxed();
    if let Some(after) = keyset.after {
        query = query.filter(blocks::id.lt(after));
    }
    query.load(conn).await
}

/// Puts the balloons from one person to another that are in one of `states` into the state `state`, and names them.
pub async fn close_balloons(
    conn: &mut AsyncPgConnection,
    from: UserId,
    to: UserId,
    states: &[&str],
    state: &str,
    now: DateTime<Utc>,
) -> QueryResult<Vec<BalloonId>> {
    let open = balloons::table
        .filter(balloons::from_id.eq(from))
        .filter(balloons::to_id.eq(to))
        .filter(balloons::state.eq_any(states));
    diesel::update(open)
        .set((balloons::state.eq(state), balloons::answered_at.eq(now)))
        .returning(balloons::id)
        .get_results(conn)
        .await
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = Uuid)]
    chat_id: ChatId,
}

/// Sets the members of two people's chat aside, and names it: for everybody the chat is not there until [`bring_back`].
pub async fn set_aside(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<Option<ChatId>> {
    move_members(
        conn,
        "WITH members AS (
             DELETE FROM chat_members USING chats
             WHERE chats.id = chat_members.chat_id AND chats.direct_low = $1 AND chats.direct_high = $2
             RETURNING chat_members.*
         )
         INSERT INTO set_aside_members (chat_id, user_id, member)
         SELECT chat_id, user_id, to_jsonb(members) FROM members
         RETURNING chat_id",
        one,
        other,
    )
    .await
}

/// Brings them back as they were.
pub async fn bring_back(conn: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<Option<ChatId>> {
    move_members(
        conn,
        "WITH members AS (
             DELETE FROM set_aside_members USING chats
             WHERE chats.id = set_aside_members.chat_id AND chats.direct_low = $1 AND chats.direct_high = $2
             RETURNING set_aside_members.member
         )
         INSERT INTO chat_members SELECT (jsonb_populate_record(NULL::chat_members, member)).* FROM members
         RETURNING chat_id",
        one,
        other,
    )
    .await
}

async fn move_members(
    conn: &mut AsyncPgConnection,
    sql: &str,
    one: UserId,
    other: UserId,
) -> QueryResult<Option<ChatId>> {
    let (low, high) = (one.min(other), one.max(other));
    let moved: Vec<Moved> = prepared(sql).bind::<Uuid, _>(low).bind::<Uuid, _>(high).load(conn).await?;
    Ok(moved.into_iter().next().map(|moved| moved.chat_id))
}
