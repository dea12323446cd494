//! Postgres and Redis over TLS, with certificates of an authority of one's own.

use std::path::Path;

use anyhow::Result;
use balloond_client::{Client, Error};
use balloond_database::connect;
use balloond_devstack::{postgres::Postgres, process::Process};
use balloond_shared::people::PeopleQuery;
use balloond_testing::{Authority, Program, RedisServer, World, eventually, program};
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::place::{self, Folder};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A migrated database that speaks TLS to whoever asks for it, and its plain URL.
async fn encrypted_postgres(authority: &Authority) -> Result<(String, Process, Folder)> {
    let (workspace, folder, port) = place::prepare("tls")?;
    let postgres = Postgres { dir: folder.path(), port, password: "a password", durable: false };
    let (running, _) = postgres.start(&workspace).await?;
    let url = place::migrated(&postgres).await?;
    let mut conn = connect(&url).await?;
    // The server writes them itself: it is particular about whose they are.
    for file in ["server.pem", "server.key"] {
        let target = folder.path().join("postgres").join(file);
        let text = authority.read(file)?;
        let lines = text.lines().map(|line| format!("('{line}')")).collect::<Vec<_>>().join(",");
        conn.batch_execute(&format!("COPY (VALUES {lines}) TO PROGRAM 'umask 077; cat >\"{}\"'", target.display()))
            .await?;
    }
    for setting in ["ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl = on"] {
        conn.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await?;
    }
    conn.batch_execute("SELECT pg_reload_conf()").await?;
    Ok((url, running, folder))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn the_apps_talk_to_both_over_tls_and_to_nobody_whom_they_do_not_trust() -> Result<()> {
    let authority = Authority::create()?;
    let (plain, _postgres, _folder) = encrypted_postgres(&authority).await?;
    let redis = RedisServer::with_tls(&authority)?;
    let encrypted = plain.replace("sslmode=disable", "sslmode=require");
    let (redis_url, root) = (redis.url(), text(&authority.file("ca.pem")));
    let address = program::free_address()?.to_string();
    let trusting = [
        ("DATABASE_URL", encrypted.as_str()),
        ("PGSSLROOTCERT", &root),
        ("REDIS_URL", &redis_url),
        ("REDIS_ROOT_CERT", &root),
        ("API_ADDR", &address),
    ];

    let _api = Program::start("balloond-api", &[], &trusting)?;
    let _worker = Program::start("balloond-api", &["worker"], &trusting)?;
    let world = World::with(&[("DATABASE_URL", &plain)])?;
    let (ada, ben) = world.two().await?;
    let client = Client::new(&format!("http://{address}"))?.with_token(&ada.signed_in.token);
    let sees_ben = async || -> Result<bool> {
        let people = client.people(&PeopleQuery::default()).await;
        Ok(people.is_ok_and(|people| people.items.iter().any(|person| person.id == ben.id)))
    };
    eventually("the api answers", sees_ben).await?;
    let mut conn = connect(&plain).await?;
    let listens = "SELECT count(*) AS count FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND query LIKE 'LISTEN%'";
    eventually("the worker listens over TLS", async || {
        Ok(diesel::sql_query(listens).get_result::<Count>(&mut conn).await?.count > 0)
    })
    .await?;
    eventually("Redis heard of it", async || Ok(redis.clients_of(&authority)? > 1)).await?;

    // Without the authority's certificate nobody is trusted, and nothing is said to them.
    let other = program::free_address()?.to_string();
    let trusting_nobody = [("DATABASE_URL", encrypted.as_str()), ("REDIS_URL", &redis_url), ("API_ADDR", &other)];
    let _distrustful = Program::start("balloond-api", &[], &trusting_nobody)?;
    let stranger = Client::new(&format!("http://{other}"))?.with_token(&ada.signed_in.token);
    eventually("it says that it has no database", async || {
        let refused = stranger.people(&PeopleQuery::default()).await;
        Ok(matches!(refused, Err(Error::Refused(error)) if error.status == 503))
    })
    .await?;
    Ok(())
}
