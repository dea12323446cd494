//! Who takes part: people, some of them with two devices, in chats that overlap.

use std::{net::SocketAddr, rc::Rc};

use anyhow::{Context, Result};
use balloond_shared::{ChatId, UserId};
use serde_json::json;
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::{api::Api, client::Client, tally::Tally};

const PASSWORD: &str = "nothing is ever lost";

/// Registers people over the api, and puts them into chats. Every fourth device is somebody's second.
pub async fn gather(
    doors: &Rc<[SocketAddr]>,
    database: &str,
    devices: usize,
    chats: usize,
    tally: &Rc<Tally>,
) -> Result<Vec<Rc<Client>>> {
    let count = (devices * 3 / 4).max(2);
    let run = Uuid::now_v7().simple();
    let (sql, connection) = tokio_postgres::connect(database, NoTls).await.context("the database")?;
    tokio::spawn(connection);
    let mut signed_in: Vec<(UserId, Api)> = Vec::new();
    for device in 0..devices.max(count) {
        let api = Api::new(Rc::clone(doors), device, Rc::clone(tally))?;
        if device == count {
            // As if everybody had typed in the code from their mail: who has not cannot log in on a second device.
            sql.batch_execute("UPDATE users SET verified_at = now()").await?;
        }
        let email = format!("person-{}-{run}@example.com", device % count);
        let user = if device < count {
            let request =
                json!({ "email": email, "password": PASSWORD, "name": format!("Person {device}"), "age": 30 });
            api.sign_in("/auth/register", &request).await?.user.profile.id
        } else {
            api.sign_in("/auth/login", &json!({ "email": email, "password": PASSWORD })).await?.user.profile.id
        };
        signed_in.push((user, api));
    }
    let people: Vec<UserId> = signed_in.iter().take(count).map(|(user, _)| *user).collect();
    let members = put_into_chats(&sql, &people, chats.max(1)).await?;
    let clients = signed_in.into_iter().enumerate().map(|(number, (user, api))| {
        let of_user: Vec<ChatId> =
            members.iter().filter(|(_, people)| people.contains(&user)).map(|(chat, _)| *chat).collect();
        let emoji = if number < count { "👍" } else { "🎈" };
        Rc::new(Client::new(number, (user, emoji, api), &of_user, Rc::clone(tally)))
    });
    Ok(clients.collect())
}

/// Everybody is in the first chat, and in one or two of the others.
async fn put_into_chats(
    client: &tokio_postgres::Client,
    people: &[UserId],
    count: usize,
) -> Result<Vec<(ChatId, Vec<UserId>)>> {
    let mut chats = vec![(ChatId::new(), people.to_vec())];
    for number in 0..count - 1 {
        let in_chat = |at: usize| at % (count - 1) == number || (at / 2) % (count - 1) == number;
        let members: Vec<UserId> =
            people.iter().enumerate().filter(|(at, _)| in_chat(*at)).map(|(_, user)| *user).collect();
        chats.push((ChatId::new(), members));
    }
    let mut sql = String::new();
    for (chat, members) in &chats {
        sql += &format!("INSERT INTO chats (id, kind, title) VALUES ('{chat}', 'group', 'Chaos');");
        for user in members {
            sql += &format!("INSERT INTO chat_members (chat_id, user_id) VALUES ('{chat}', '{user}');");
        }
    }
    client.batch_execute(&sql).await?;
    Ok(chats)
}
