//! What a person lets others see.

use balloond_shared::{ChatId, UserId};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::{chat_members, users};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct Shares {
    pub shares_presence: bool,
    pub shares_typing: bool,
    pub shares_reading: bool,
}

/// A change of it: what is `None` stays.
#[derive(Clone, Copy, Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct SharesChange {
    pub shares_presence: Option<bool>,
    pub shares_typing: Option<bool>,
    pub shares_reading: Option<bool>,
}

/// `None` when there is no such person.
pub async fn of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Shares>> {
    users::table.find(user).select(Shares::as_select()).first(conn).await.optional()
}

pub async fn change(conn: &mut AsyncPgConnection, user: UserId, change: SharesChange) -> QueryResult<Option<Shares>> {
    diesel::update(users::table.find(user))
        .set(change)
        .returning(Shares::as_returning())
        .load(conn)
        .await
        .map(crate::committed)
}

/// What a person lets others see, and the chats that they are a member of.
pub async fn with_chats(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<(Shares, Vec<ChatId>)>> {
    let rows: Vec<(Shares, Option<ChatId>)> = users::table
        .left_join(chat_members::table.on(chat_members::user_id.eq(users::id)))
        .filter(users::id.eq(user))
        .select((Shares::as_select(), chat_members::chat_id.nullable()))
        .load(&mut conn)
        .await?;
    // Diesel has a `first` of its own.
    let shares = rows.as_slice().first().map(|(shares, _)| *shares);
    Ok(shares.map(|shares| (shares, rows.into_iter().filter_map(|(_, chat)| chat).collect())))
}

/// A member of a chat: who, how far they have read, and what they let others see.
pub type Reader = (UserId, i64, Shares);

/// The members of a chat.
pub async fn readers(conn: &mut AsyncPgConnection, chat: ChatId) -> QueryResult<Vec<Reader>> {
    chat_members::table
        .inner_join(users::table.on(users::id.eq(chat_members::user_id)))
        .filter(chat_members::chat_id.eq(chat))
        .select((chat_members::user_id, chat_members::read_seq, Shares::as_select()))
        .load(conn)
        .await
}
