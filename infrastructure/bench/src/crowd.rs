//! The people who do the measuring: seeded in the database, signed in over the API.

use std::time::{Duration, Instant};

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
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use crate::{
    chat::Chat,
    http::{Connection, Headers},
    server::Servers,
};

/// Everybody's.
pub const PASSWORD: &str = "measured with care";

/// The seeded crowd.
pub struct Crowd {
    pub viewer: UserId,
    pub chat: ChatId,
    pub conn: tokio::sync::Mutex<AsyncPgConnection>,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
    pub refresh_token: String,
    since: Instant,
}

/// Before a measurement, tokens that are older are made anew: one that ends amid it would end its socket.
const RENEWED_AFTER: Duration = Duration::from_secs(4 * 60);
/// People who sign in at once.
const AT_ONCE: usize = 4;

impl Person {
    fn new(signed_in: SignedIn) -> Self {
        Self {
            id: signed_in.user.profile.id,
            token: signed_in.token,
            refresh_token: signed_in.refresh_token,
            since: Instant::now(),
        }
    }

    /// Sees to it that everybody's token is good for some minutes.
    pub async fn renew_all(servers: &Servers, chats: &mut [Chat]) -> Result<()> {
        let mut api = Connection::open(&servers.api.address).await?;
        for person in chats.iter_mut().flat_map(|chat| &mut chat.people) {
            if person.since.elapsed() > RENEWED_AFTER {
                let request = json!({ "refresh_token": person.refresh_token });
                *person = Self::new(api.post("/api/v1/auth/refresh", &Headers::default(), &request).await?);
            }
        }
        Ok(())
    }
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
    pub async fn group(&self, servers: &Servers, members: i64) -> Result<Chat> {
        let id = ChatId::new();
        let mut conn = self.conn.lock().await;
        conn.batch_execute(&format!("INSERT INTO chats (id, kind, title) VALUES ('{id}', 'group', 'All of us')"))
            .await?;
        sql_query("INSERT INTO chat_members (chat_id, user_id) SELECT $1, id FROM users ORDER BY id LIMIT $2")
            .bind::<Uuid, _>(id)
            .bind::<BigInt, _>(members)
            .execute(&mut *conn)
            .await?;
        let accounts: Vec<Account> = sql_query("SELECT email FROM users ORDER BY id LIMIT $1")
            .bind::<BigInt, _>(members)
            .load(&mut *conn)
            .await?;
        let emails = accounts.into_iter().map(|account| account.email).collect();
        Ok(Chat { id, people: sign_in_all(servers, emails).await? })
    }

    /// `count` direct chats and the two people of each, all signed in.
    pub async fn pairs(&self, servers: &Servers, count: i64) -> Result<Vec<Chat>> {
        let pairs: Vec<Pair> = sql_query(
            "SELECT chats.id, low.email AS low, high.email AS high FROM chats
             JOIN users low ON low.id = direct_low JOIN users high ON high.id = direct_high
             WHERE direct_low <> $1 ORDER BY chats.id LIMIT $2",
        )
        .bind::<Uuid, _>(self.viewer)
        .bind::<BigInt, _>(count)
        .load(&mut *self.conn.lock().await)
        .await?;
        let emails = pairs.iter().flat_map(|pair| [pair.low.clone(), pair.high.clone()]).collect();
        let mut people = sign_in_all(servers, emails).await?.into_iter();
        Ok(pairs.iter().map(|pair| Chat { id: pair.id, people: people.by_ref().take(2).collect() }).collect())
    }
}

/// Signs in whose emails these are, in their order.
async fn sign_in_all(servers: &Servers, emails: Vec<String>) -> Result<Vec<Person>> {
    eprintln!("signing {} people in", emails.len());
    let each = emails.iter().enumerate().map(|(number, email)| sign_in(servers, email, number));
    stream::iter(each).buffered(AT_ONCE).try_collect().await
}

async fn sign_in(servers: &Servers, email: &str, number: usize) -> Result<Person> {
    let mut api = Connection::open(&servers.api.address).await?;
    let address = format!("10.{}.{}.1", number / 250, number % 250);
    let request = json!({ "email": email, "password": PASSWORD });
    Ok(Person::new(api.post("/api/v1/auth/login", &Headers::default().by_address(&address), &request).await?))
}
