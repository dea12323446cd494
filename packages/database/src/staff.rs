//! The roles of those who look after the place.

use balloond_shared::UserId;
use diesel::{prelude::*, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::users;

#[diesel::declare_sql_function]
extern "SQL" {
    fn lower(text: Text) -> Text;
}

/// The name of somebody's role; `None` for everybody else.
pub async fn role(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<String>> {
    let there = users::table.find(user).filter(users::erased_at.is_null());
    Ok(there.select(users::role).first::<Option<String>>(conn).await.optional()?.flatten())
}

/// Gives the verified account of an email a role, or takes it; `None` when there is no such account.
pub async fn set_role(conn: &mut AsyncPgConnection, email: &str, role: Option<&str>) -> QueryResult<Option<UserId>> {
    let account = users::table
        .filter(lower(users::email).eq(lower(email)))
        .filter(users::verified_at.is_not_null())
        .filter(users::erased_at.is_null());
    let set = diesel::update(account).set(users::role.eq(role)).returning(users::id);
    set.load(conn).await.map(crate::committed)
}
