//! The people who do the measuring: seeded in the database, signed in over the API.

use anyhow::{Context, Result};
use balloond_database::{
    AsyncPgConnection, connect,
    seed::{self, Size},
};
use balloond_shared::{ChatId, UserId, auth::SignedIn};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text, Uuid},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;

use crate::{
    http::{Connection, Headers},
    server::Servers,
};

const PASSWORD: &str = "measured with care";

/// The seeded crowd.
pub struct Crowd {
    pub viewer: UserId,
    pub chat: ChatId,
    conn: tokio::sync::Mutex<AsyncPgConnection>,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    pub token: String,
}

#[derive(QueryableByName)]
struct Account {
    #[diesel(sql_type = Text)]
    email: String,
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Uuid)]
    id: ChatId,
    #[diesel(sql_type = Text)]
    low: String,
    #[diesel(sql_type = Text)]
    high: String,
}

impl Crowd {
    /// Fills the database and gives all of the crowd one password, hashed by the product itself.
    pub async fn seed(servers: &mut Servers, size: Size) -> Result<Self> {
        let url = std::env::var("DATABASE_URL").context("DATABASE_URL is not set: run this with `just bench`")?;
        let mut conn = connect(&url).await?;
        conn.batch_execute("SET statement_timeout = 0").await?;
        let seeded = seed::crowd(&mut conn, size).await?;
        let request = json!({ "email": "bench@example.com", "password": PASSWORD, "name": "Bench", "age": 30 });
        let mut api = Connection::open(&servers.api.address).await?;
        let _: SignedIn = api.post("/api/v1/auth/register", &Headers::default(), &request).await?;
        conn.batch_execute(
            "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = 'bench@example.com')",
        )
        .await?;
        conn.batch_execute("VACUUM ANALYZE").await?;
        Ok(Self { viewer: seeded.viewer, chat: seeded.chat, conn: tokio::sync::Mutex::new(conn) })
    }

    /// The first person, who has 50 chats.
    pub async fn sign_in_viewer(&self, servers: &Servers) -> Result<Person> {
        sign_in(servers, "person1@example.com", 0).await
    }

    /// A group of `members` people, all signed in.
    pub async fn group(&self, servers: &Servers, members: i64) -> Result<(ChatId, Vec<Person>)> {
        let chat = ChatId::new();
        let mut conn = self.conn.lock().await;
        conn.batch_execute(&format!("INSERT INTO chats (id, kind, title) VALUES ('{chat}', 'group', 'All of us')"))
            .await?;
        sql_query("INSERT INTO chat_members (chat_id, user_id) SELECT $1, id FROM users ORDER BY id LIMIT $2")
            .bind::<Uuid, _>(chat)
            .bind::<BigInt, _>(members)
            .execute(&mut *conn)
            .await?;
        let accounts: Vec<Account> = sql_query("SELECT email FROM users ORDER BY id LIMIT $1")
            .bind::<BigInt, _>(members)
            .load(&mut *conn)
            .await?;
        let mut people = Vec::new();
        for (number, account) in accounts.iter().enumerate() {
            people.push(sign_in(servers, &account.email, number).await?);
        }
        Ok((chat, people))
    }

    /// `count` direct chats and the two people of each, all signed in.
    pub async fn pairs(&self, servers: &Servers, count: i64) -> Result<Vec<(ChatId, [Person; 2])>> {
        let pairs: Vec<Pair> = sql_query(
            "SELECT chats.id, low.email AS low, high.email AS high FROM chats
             JOIN users low ON low.id = direct_low JOIN users high ON high.id = direct_high
             WHERE direct_low <> $1 ORDER BY chats.id LIMIT $2",
        )
        .bind::<Uuid, _>(self.viewer)
        .bind::<BigInt, _>(count)
        .load(&mut *self.conn.lock().await)
        .await?;
        let mut signed_in = Vec::new();
        for (number, pair) in pairs.iter().enumerate() {
            let low = sign_in(servers, &pair.low, number).await?;
            let high = sign_in(servers, &pair.high, number).await?;
            signed_in.push((pair.id, [low, high]));
        }
        Ok(signed_in)
    }
}

async fn sign_in(servers: &Servers, email: &str, number: usize) -> Result<Person> {
    let mut api = Connection::open(&servers.api.address).await?;
    let address = format!("10.{}.{}.1", number / 250, number % 250);
    let request = json!({ "email": email, "password": PASSWORD });
    let signed_in: SignedIn =
        api.post("/api/v1/auth/login", &Headers::default().by_address(&address), &request).await?;
    Ok(Person { token: signed_in.token })
}
