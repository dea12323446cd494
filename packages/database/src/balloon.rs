//! Balloons.

use balloond_shared::{BalloonId, ChatId, UserId};
use chrono::{DateTime, Utc};
use diesel::{dsl::not, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset,
    block::is_blocked_between,
    schema::{balloons, chats, users},
    user::{Card, with_first_photo},
};

pub const PENDING: &str = "pending";

diesel::postfix_operator!(IsPending, " = 'pending'", backend: diesel::pg::Pg);

/// Said in words rather than bound: only so does a plan for all of them know the index of those that wait.
pub(crate) fn is_pending() -> IsPending<balloons::state> {
    IsPending::new(balloons::state)
}
pub const CAUGHT: &str = "caught";
pub const POPPED: &str = "popped";
pub const WITHDRAWN: &str = "withdrawn";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = balloons)]
pub struct Balloon {
    pub id: BalloonId,
    pub from_id: UserId,
    pub to_id: UserId,
    pub note: String,
    pub state: String,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub chat_id: Option<ChatId>,
    /// The group that it leads into.
    pub group_id: Option<ChatId>,
}

impl Balloon {
    /// May still be caught or popped.
    #[must_use]
    pub fn is_waiting(&self, now: DateTime<Utc>) -> bool {
        self.state == PENDING && self.expires_at > now
    }
}

/// A balloon, who it is from or to, and the title of the group that it leads into.
pub type Listed = (Balloon, Card, Option<String>);

pub async fn insert(conn: &mut AsyncPgConnection, balloon: &Balloon) -> QueryResult<usize> {
    diesel::insert_into(balloons::table).values(balloon).execute(conn).await
}

/// A balloon, whoever asks.
pub async fn find(conn: &mut AsyncPgConnection, id: BalloonId) -> QueryResult<Option<Balloon>> {
    balloons::table.find(id).select(Balloon::as_select()).first(conn).await.optional()
}

/// Locks a balloon until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, id: BalloonId) -> QueryResult<Option<Balloon>> {
    balloons::table.find(id).select(Balloon::as_select()).for_update().first(conn).await.optional()
}

/// Answers or withdraws a pending balloon.
pub async fn close(
    conn: &mut AsyncPgConnection,
    id: BalloonId,
    state: &str,
    chat: Option<ChatId>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(balloons::table.find(id))
        .set((balloons::state.eq(state), balloons::chat_id.eq(chat), balloons::answered_at.eq(now)))
        .execute(conn)
        .await
}

/// Whether `from` floated `to` a balloon after `since`, whatever became of it.
pub async fn floated_since(
    conn: &mut AsyncPgConnection,
    from: UserId,
    to: UserId,
    since: DateTime<Utc>,
) -> QueryResult<bool> {
    let floated = balloons::table
        .filter(balloons::from_id.eq(from))
        .filter(balloons::to_id.eq(to))
        .filter(balloons::sent_at.gt(since));
    diesel::select(diesel::dsl::exists(floated)).get_result(conn).await
}

/// When the balloons that `from` floated after `since` were floated, oldest first; invitations to groups not among them.
pub async fn times_since(
    conn: &mut AsyncPgConnection,
    from: UserId,
    since: DateTime<Utc>,
) -> QueryResult<Vec<DateTime<Utc>>> {
    balloons::table
        .filter(balloons::from_id.eq(from))
        .filter(balloons::sent_at.gt(since))
        .filter(balloons::group_id.is_null())
        .order(balloons::sent_at)
        .select(balloons::sent_at)
        .load(conn)
        .await
}

/// The balloon from `from` that waits for `to`.
pub async fn waiting_from(
    conn: &mut AsyncPgConnection,
    from: UserId,
    to: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Option<BalloonId>> {
    waiting_for(to, now).filter(balloons::from_id.eq(from)).select(balloons::id).first(conn).await.optional()
}

/// Balloons waiting for `to` and who floated them, newest first.
pub async fn received(
    conn: &mut AsyncPgConnection,
    to: UserId,
    now: DateTime<Utc>,
    keyset: Keyset,
) -> QueryResult<Vec<Listed>> {
    let mut query = with_first_photo!(balloons::table.inner_join(users::table.on(users::id.eq(balloons::from_id))))
        .left_join(chats::table.on(chats::id.nullable().eq(balloons::group_id)))
        .filter(balloons::to_id.eq(to))
        .filter(is_pending())
        .filter(balloons::expires_at.gt(now))
        .order(balloons::id.desc())
        .limit(keyset.rows())
        .select((Balloon::as_select(), Card::as_select(), chats::title.nullable()))
        .into_boxed();
    if let Some(after) = keyset.after {
        query = query.filter(balloons::id.lt(after));
    }
    query.load(conn).await
}

/// Balloons that `from` floated and did not withdraw, and to whom, newest first.
pub async fn sent(conn: &mut AsyncPgConnection, from: UserId, keyset: Keyset) -> QueryResult<Vec<Listed>> {
    let mut query = with_first_photo!(balloons::table.inner_join(users::table.on(users::id.eq(balloons::to_id))))
        .left_join(chats::table.on(chats::id.nullable().eq(balloons::group_id)))
        .filter(balloons::from_id.eq(from))
        .filter(balloons::state.ne(WITHDRAWN))
        // What was not caught stays as it is; whoever was met is gone with the chat.
        .filter(balloons::state.ne(CAUGHT).or(not(is_blocked_between(balloons::from_id, balloons::to_id))))
        .order(balloons::id.desc())
        .limit(keyset.rows())
        .select((Balloon::as_select(), Card::as_select(), chats::title.nullable()))
        .into_boxed();
    if let Some(after) = keyset.after {
        query = query.filter(balloons::id.lt(after));
    }
    query.load(conn).await
}

/// Those that wait for `to`.
#[diesel::dsl::auto_type]
pub(crate) fn waiting_for(to: UserId, now: DateTime<Utc>) -> _ {
    let pending: IsPending<balloons::state> = is_pending();
    balloons::table.filter(balloons::to_id.eq(to)).filter(pending).filter(balloons::expires_at.gt(now))
}

/// Deletes at most `limit` balloons that were sent before `cutoff` and not caught; answers how many.
pub async fn delete_faded(conn: &mut AsyncPgConnection, cutoff: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let faded = diesel::alias!(balloons as faded);
    let ids = faded
        .filter(faded.field(balloons::state).ne(CAUGHT).and(faded.field(balloons::sent_at).lt(cutoff)))
        .select(faded.field(balloons::id))
        .limit(limit);
    diesel::delete(balloons::table).filter(balloons::id.eq_any(ids)).execute(conn).await
}
