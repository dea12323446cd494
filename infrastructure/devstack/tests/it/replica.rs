//! A streaming replica to read from: what one wrote oneself is there, and one that falls behind is not asked.

use anyhow::Result;
use balloond_client::Client;
use balloond_database::connect;
use balloond_devstack::{postgres::Postgres, process::Process, replica::follow, settings::random_password};
use balloond_domain::{people, replica};
use balloond_shared::{balloon::FloatBalloon, people::PeopleQuery};
use balloond_testing::{Program, TestPerson, World, eventually, program};
use diesel_async::SimpleAsyncConnection;

use crate::place::{self, Folder};

/// A primary and a replica of it.
struct Pair {
    primary: String,
    replica: String,
    _running: (Process, Process),
    // After them: fields are dropped in this order.
    _folder: Folder,
}

impl Pair {
    async fn start() -> Result<Self> {
        let (workspace, folder, port) = place::prepare("replica")?;
        let (first, second) = (folder.path().join("primary"), folder.path().join("replica"));
        std::fs::create_dir_all(&first)?;
        let primary = Postgres { dir: &first, port, password: &random_password(), durable: true };
        let (run_primary, _) = primary.start(&workspace).await?;
        let primary = place::migrated(&primary).await?;
        let (run_replica, replica) = follow(&workspace, &second, &primary).await?;
        Ok(Self { primary, replica, _running: (run_primary, run_replica), _folder: folder })
    }

    fn settings(&self) -> [(&str, &str); 2] {
        [("DATABASE_URL", &self.primary), ("DATABASE_REPLICA_URL", &self.replica)]
    }

    /// Stops or goes on with repeating what the primary writes.
    async fn replay(&self, what: &str) -> Result<()> {
        let mut conn = connect(&self.replica).await?;
        Ok(conn.batch_execute(&format!("SELECT pg_wal_replay_{what}()")).await?)
    }
}

async fn sees(world: &World, viewer: &TestPerson, other: &TestPerson) -> Result<bool> {
    let found = people::search(&world.services, viewer.viewer, &PeopleQuery::default()).await?;
    Ok(found.items.iter().any(|person| person.id == other.id))
}

#[tokio::test]
async fn reads_go_to_the_replica_and_return_when_it_falls_behind_or_one_wrote_oneself() -> Result<()> {
    let pair = Pair::start().await?;
    let world = World::with(&pair.settings())?;
    let (ada, ben) = world.two().await?;
    eventually("the replica knows them", async || sees(&world, &ada, &ben).await).await?;

    // It is close, and repeats nothing from now on: who is new is not in it.
    pair.replay("pause").await?;
    let eve = world.person("Eve").await?;
    assert!(!sees(&world, &ada, &eve).await?, "it was not the replica that was read");
    // Ben wrote, and reads where he wrote; Ada did not.
    replica::note_write(&world.services, ben.viewer).await;
    assert!(sees(&world, &ben, &eve).await?, "who wrote read from the replica");
    assert!(!sees(&world, &ada, &eve).await?);
    eventually("a replica that falls behind is not asked", async || sees(&world, &ada, &eve).await).await?;

    Ok(())
}

#[tokio::test]
async fn who_floats_a_balloon_sees_it_gone_from_the_list_at_once() -> Result<()> {
    let pair = Pair::start().await?;
    let world = World::with(&pair.settings())?;
    let (ada, ben) = world.two().await?;
    let address = program::free_address()?.to_string();
    let [primary, replica] = pair.settings();
    let _api = Program::start("balloond-api", &[], &[primary, replica, ("API_ADDR", &address)])?;
    let client = Client::new(&format!("http://{address}"))?.with_token(&ada.signed_in.token);
    let lists = async || -> Result<bool> {
        let people = client.people(&PeopleQuery::default()).await?;
        Ok(people.items.iter().any(|person| person.id == ben.id))
    };
    eventually("the api lists Ben", async || Ok(lists().await.unwrap_or(false))).await?;

    pair.replay("pause").await?;
    client.float(&FloatBalloon { to: ben.id, note: "Hello".to_owned() }).await?;
    assert!(!lists().await?, "the list came from a replica that had not heard of the balloon");
    Ok(())
}
