//! The database itself refuses what must never be stored.

use anyhow::Result;
use balloond_database::{AsyncPgConnection, connect};
use balloond_shared::UserId;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::SimpleAsyncConnection;

async fn database() -> Result<AsyncPgConnection> {
    Ok(connect(&balloond_testing::database::create().await?).await?)
}

async fn insert_user(conn: &mut AsyncPgConnection, email: &str, age: i32) -> Result<UserId, Error> {
    let id = UserId::new();
    conn.batch_execute(&format!(
        "INSERT INTO users (id, email, password_hash, name, age, age_given_on) VALUES ('{id}', '{email}', 'x', 'Ada', {age}, now())"
    ))
    .await?;
    Ok(id)
}

fn kind(result: Result<impl Sized, Error>) -> String {
    match result {
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => "unique".to_owned(),
        Err(Error::DatabaseError(DatabaseErrorKind::CheckViolation, _)) => "check".to_owned(),
        Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => "foreign key".to_owned(),
        Err(error) => format!("{error:?}"),
        Ok(_) => "stored".to_owned(),
    }
}

#[tokio::test]
async fn an_email_is_one_account_however_it_is_spelled() -> Result<()> {
    let mut conn = database().await?;
    insert_user(&mut conn, "ada@example.com", 30).await?;
    assert_eq!(
        kind(insert_user(&mut conn, "ADA@example.com", 30).await),
        "stored",
        "who waits for a code is nobody yet"
    );
    assert_eq!(kind(conn.batch_execute("UPDATE users SET verified_at = now()").await), "unique");
    Ok(())
}

#[tokio::test]
async fn nobody_is_under_18() -> Result<()> {
    let mut conn = database().await?;
    assert_eq!(kind(insert_user(&mut conn, "ada@example.com", 17).await), "check");
    Ok(())
}

#[tokio::test]
async fn two_people_have_one_chat_and_nobody_floats_themselves() -> Result<()> {
    let mut conn = database().await?;
    let ada = insert_user(&mut conn, "ada@example.com", 30).await?;
    let ben = insert_user(&mut conn, "ben@example.com", 30).await?;
    let (low, high) = (ada.min(ben), ada.max(ben));
    let chat = |low: UserId, high: UserId| {
        format!(
            "INSERT INTO chats (id, kind, direct_low, direct_high) VALUES (gen_random_uuid(), 'direct', '{low}', '{high}')"
        )
    };
    assert_eq!(kind(conn.batch_execute(&chat(low, high)).await), "stored");
    assert_eq!(kind(conn.batch_execute(&chat(low, high)).await), "unique");
    assert_eq!(kind(conn.batch_execute(&chat(high, low)).await), "check");
    let balloon = format!(
        "INSERT INTO balloons (id, from_id, to_id, note, expires_at) VALUES (gen_random_uuid(), '{ada}', '{ada}', 'x', now() + interval '1 day')"
    );
    assert_eq!(kind(conn.batch_execute(&balloon).await), "check");
    Ok(())
}

#[tokio::test]
async fn a_person_with_messages_cannot_vanish_from_under_them() -> Result<()> {
    let mut conn = database().await?;
    let ada = insert_user(&mut conn, "ada@example.com", 30).await?;
    conn.batch_execute(&format!(
        "INSERT INTO chats (id, kind, title) VALUES ('{ada}', 'group', 'x');
         INSERT INTO messages (id, chat_id, sender_id, client_id, seq, changed_seq, body) VALUES ('{ada}', '{ada}', '{ada}', '{ada}', 1, 1, 'x')"
    ))
    .await?;
    assert_eq!(kind(conn.batch_execute(&format!("DELETE FROM users WHERE id = '{ada}'")).await), "foreign key");
    Ok(())
}
