//! Groups: their members and invitations.

use balloond_shared::{BalloonId, ChatId, MessageId, UserId, group::Role};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Array, Nullable, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    balloon::{Balloon, WITHDRAWN, is_pending},
    schema::{balloons, chat_members, chats},
};

pub const GROUP: &str = "group";
/// People that a group can be made of at most: as many as a page can show.
const PARTNERS: i64 = 500;

/// A group under its lock.
#[derive(Clone, Debug, Queryable)]
pub struct Group {
    pub kind: String,
    pub title: Option<String>,
    pub head: i64,
    pub photo_id: Option<MessageId>,
}

pub async fn insert(conn: &mut AsyncPgConnection, id: ChatId, title: &str, owner: UserId) -> QueryResult<()> {
    diesel::insert_into(chats::table)
        .values((chats::id.eq(id), chats::kind.eq(GROUP), chats::title.eq(title)))
        .execute(conn)
        .await?;
    add_member(conn, id, owner, Role::Owner, 0).await.map(drop)
}

/// Locks a chat until the transaction ends: its members change one after the other.
pub async fn lock(conn: &mut AsyncPgConnection, id: ChatId) -> QueryResult<Option<Group>> {
    chats::table
        .find(id)
        .select((chats::kind, chats::title, chats::head, chats::photo_id))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

/// The role of each member.
pub async fn roles(conn: &mut AsyncPgConnection, id: ChatId) -> QueryResult<Vec<(UserId, Role)>> {
    let members = chat_members::table.filter(chat_members::chat_id.eq(id));
    let rows: Vec<(UserId, String)> = members.select((chat_members::user_id, chat_members::role)).load(conn).await?;
    Ok(rows.into_iter().map(|(user, role)| (user, Role::by_name(&role))).collect())
}

/// Adds a member who has read up to `read_seq`; 0 when they are one.
pub async fn add_member(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    user: UserId,
    role: Role,
    read_seq: i64,
) -> QueryResult<usize> {
    diesel::insert_into(chat_members::table)
        .values((
            chat_members::chat_id.eq(chat),
            chat_members::user_id.eq(user),
            chat_members::role.eq(role.name()),
            chat_members::read_seq.eq(read_seq),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub async fn remove_member(conn: &mut AsyncPgConnection, chat: ChatId, user: UserId) -> QueryResult<usize> {
    diesel::delete(chat_members::table.find((chat, user))).execute(conn).await
}

pub async fn set_role(conn: &mut AsyncPgConnection, chat: ChatId, user: UserId, role: Role) -> QueryResult<usize> {
    diesel::update(chat_members::table.find((chat, user))).set(chat_members::role.eq(role.name())).execute(conn).await
}

pub async fn rename(conn: &mut AsyncPgConnection, chat: ChatId, title: &str) -> QueryResult<usize> {
    diesel::update(chats::table.find(chat)).set(chats::title.eq(title)).execute(conn).await
}

pub async fn set_photo(conn: &mut AsyncPgConnection, chat: ChatId, photo: Option<MessageId>) -> QueryResult<usize> {
    diesel::update(chats::table.find(chat)).set(chats::photo_id.eq(photo)).execute(conn).await
}

/// A group's photo, for a member.
pub async fn photo(conn: &mut AsyncPgConnection, user: UserId, chat: ChatId) -> QueryResult<Option<MessageId>> {
    let member = chats::table
        .inner_join(chat_members::table)
        .filter(chats::id.eq(chat))
        .filter(chat_members::user_id.eq(user))
        .select(chats::photo_id);
    Ok(member.first::<Option<MessageId>>(conn).await.optional()?.flatten())
}

pub async fn insert_invitations(conn: &mut AsyncPgConnection, invitations: &[Balloon]) -> QueryResult<usize> {
    diesel::insert_into(balloons::table).values(invitations).execute(conn).await
}

/// Whether somebody was invited after `since`, whatever became of it.
pub async fn invited_since(
    conn: &mut AsyncPgConnection,
    group: ChatId,
    to: UserId,
    since: DateTime<Utc>,
) -> QueryResult<bool> {
    let invitation = balloons::table
        .filter(balloons::group_id.eq(group))
        .filter(balloons::to_id.eq(to))
        .filter(balloons::sent_at.gt(since));
    diesel::select(diesel::dsl::exists(invitation)).get_result(conn).await
}

/// Takes back what somebody's invitations to a group still wait for, and names them.
pub async fn withdraw_invitations(
    conn: &mut AsyncPgConnection,
    group: ChatId,
    from: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Vec<(BalloonId, UserId)>> {
    let waiting =
        balloons::table.filter(balloons::group_id.eq(group)).filter(balloons::from_id.eq(from)).filter(is_pending());
    diesel::update(waiting)
        .set((balloons::state.eq(WITHDRAWN), balloons::answered_at.eq(now)))
        .returning((balloons::id, balloons::to_id))
        .get_results(conn)
        .await
}

/// Whom somebody talks to alone, the last one first: `among` these people, and not in a group already.
pub async fn partners(
    conn: &mut AsyncPgConnection,
    user: UserId,
    group: Option<ChatId>,
    among: Option<&[UserId]>,
) -> QueryResult<Vec<UserId>> {
    #[derive(QueryableByName)]
    struct Partner {
        #[diesel(sql_type = Uuid)]
        id: UserId,
    }
    let partners: Vec<Partner> = sql_query(format!(
        "SELECT other.id FROM chat_members member
         JOIN chats ON chats.id = member.chat_id AND chats.kind = 'direct'
         CROSS JOIN LATERAL (
             SELECT CASE chats.direct_low WHEN $1 THEN chats.direct_high ELSE chats.direct_low END AS id
         ) AS other
         JOIN users ON users.id = other.id AND users.erased_at IS NULL
         WHERE member.user_id = $1
           AND ($3 IS NULL OR other.id = ANY($3))
           AND NOT EXISTS (SELECT FROM chat_members WHERE chat_id = $2 AND user_id = other.id)
         ORDER BY COALESCE(chats.last_message_id, chats.id) DESC LIMIT {PARTNERS}"
    ))
    .bind::<Uuid, _>(user)
    .bind::<Nullable<Uuid>, _>(group)
    .bind::<Nullable<Array<Uuid>>, _>(among)
    .load(conn)
    .await?;
    Ok(partners.into_iter().map(|partner| partner.id).collect())
}
