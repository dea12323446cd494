use anyhow::{Context, Result};
use balloond_domain::{
    auth::{authenticate, begin_passkey, begin_second_step, log_in, make_api_token},
    balloon, chat, group, job,
    leaving::{erase, export, receipt, request_export},
    people, profile,
    safety::{self, block},
};
use balloond_shared::{
    ErasureId, ErrorCode,
    api_token::{MakeApiToken, Scope},
    auth::Login,
    chat::{MessagesQuery, Reaction},
    group::CreateGroup,
    leaving::EraseAccount,
    people::PeopleQuery,
    profile::EditProfile,
    report::{MakeReport, ReportAbout, ReportReason},
    safety::EditSafety,
    second_step::WithPassword,
};
use balloond_testing::{PASSWORD, RedisServer, TestPerson, World, client, database};
use serde_json::Value;

use crate::{faults, refused};

fn erasing() -> EraseAccount {
    EraseAccount { password: PASSWORD.to_owned() }
}

async fn run_jobs(world: &World) -> Result<()> {
    Ok(job::run_due(&world.services, &world.config).await?)
}

/// Ada with something of everything, and Ben who chats with her.
async fn furnished(world: &World) -> Result<(TestPerson, TestPerson, balloond_shared::ChatId)> {
    let ada = world.person("Adalbertine").await?;
    let ben = world.person("Ben").await?;
    let (cyd, dee, eve) = (world.person("Cyd").await?, world.person("Dee").await?, world.person("Eve").await?);
    let edit = EditProfile {
        bio: Some("Collects zithers".to_owned()),
        interests: Some(vec!["zithers".to_owned()]),
        ..EditProfile::default()
    };
    profile::edit(&world.services, ada.viewer, &edit, None).await?;
    for _ in 0..2 {
        world.photo(&ada).await?;
    }
    let chat = world.open_chat(&ada, &ben).await?.summary.id;
    world.send(&ben, chat, "Hello, you").await?;
    world.float(&ada, &cyd).await?;
    world.float(&dee, &ada).await?;
    block(&world.services, ada.viewer, eve.id).await?;
    let words = EditSafety { hidden_words: Some(vec!["accordion".to_owned()]), paused: None };
    safety::edit(&world.services, ada.viewer, &words).await?;
    let report = MakeReport {
        about: ReportAbout::Chat,
        id: chat.as_uuid(),
        reason: ReportReason::Other,
        words: "zithers".to_owned(),
    };
    safety::report(&world.services, ada.viewer, &report).await?;
    // In the cache.
    profile::profile(&world.services, cyd.viewer, ada.id).await?;
    request_export(&world.services, ada.viewer).await?;
    begin_second_step(&world.services, ada.viewer, &WithPassword { password: PASSWORD.to_owned() }).await?;
    let token = MakeApiToken {
        name: "zithers".to_owned(),
        scopes: vec![Scope::Balloons],
        days: None,
        password: PASSWORD.to_owned(),
    };
    make_api_token(&world.services, ada.viewer, &token).await?;
    world.passkey(&ada).await?;
    begin_passkey(&world.services, ada.viewer).await?;
    run_jobs(world).await?;
    Ok((ada, ben, chat))
}

#[tokio::test]
async fn whoever_leaves_is_gone_at_once_for_everybody() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = furnished(&world).await?;
    let receipt = erase(&world.services, ada.viewer, &erasing()).await?;
    assert_eq!((receipt.finished_at, receipt.removed.photos, receipt.removed.balloons), (None, 2, 2));
    let stranger = world.person("Fay").await?;
    let found = people::search(&world.services, stranger.viewer, &PeopleQuery::default()).await?.items;
    assert!(found.iter().all(|person| person.id != ada.id));
    for viewer in [stranger.viewer, ben.viewer] {
        assert_eq!(refused(profile::profile(&world.services, viewer, ada.id).await), Some(ErrorCode::NotFound));
    }
    assert_eq!(refused(authenticate(&world.services, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    let login = |email: &str| Login { email: email.to_owned(), password: PASSWORD.to_owned() };
    for email in [ada.email.clone(), format!("{}@erased.invalid", ada.id)] {
        let refusal = refused(log_in(&world.services, &login(&email), &client()).await);
        assert_eq!(refusal, Some(ErrorCode::WrongCredentials));
    }
    let page = chat::get(&world.services, ben.viewer, chat).await?;
    assert_eq!((page.summary.title.as_str(), page.summary.head), ("Deleted account", 2));
    let messages = chat::messages(&world.services, ben.viewer, chat, MessagesQuery::default()).await?.items;
    assert_eq!(messages.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["Hello", "Hello, you"]);
    Ok(())
}

#[tokio::test]
async fn nothing_of_them_is_left_in_database_redis_and_bucket() -> Result<()> {
    let redis = RedisServer::start()?;
    let url = database::create().await?;
    let world = World::with(&[("DATABASE_URL", &url), ("REDIS_URL", &redis.url())])?;
    let (ada, _, _) = furnished(&world).await?;
    assert!(world.files(ada.id).await?.len() == 6 && !world.rows_with("zithers").await?.is_empty());
    assert!(redis.dump()?.contains(&ada.id.to_string()));
    let kept = world.files_under("reports/").await?.len();

    let opened = erase(&world.services, ada.viewer, &erasing()).await?;
    run_jobs(&world).await?;
    let closed = receipt(&world.services, opened.id).await?;
    assert!(closed.finished_at.is_some());
    let removed = closed.removed;
    assert_eq!((removed.photos, removed.balloons, removed.blocks), (2, 2, 1));
    assert_eq!((removed.sessions, removed.reports, removed.exports), (1, 1, 1));

    for needle in [ada.email.as_str(), "Adalbertine", "zithers", "accordion"] {
        assert_eq!(world.rows_with(needle).await?, [""; 0], "{needle}");
        assert!(!redis.dump()?.contains(needle), "{needle}");
    }
    // Of the id nothing but what others have points to: the row without a name, its chat, its messages, a balloon to it.
    let mut tables = world.rows_with(&ada.id.to_string()).await?;
    tables.retain(|table| !["users", "chats", "chat_members", "messages", "balloons"].contains(&table.as_str()));
    assert_eq!(tables, [""; 0]);
    assert!(!redis.dump()?.contains(&ada.id.to_string()), "{}", redis.dump()?);
    assert_eq!(world.files(ada.id).await?, [""; 0]);
    assert!(world.files_under("exports/").await?.iter().all(|key| !key.contains(&ada.id.to_string())));
    assert!(world.files_under("reports/").await?.len() <= kept);
    Ok(())
}

#[tokio::test]
async fn reactions_go_with_whoever_gave_them() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let other = world.open_chat(&cyd, &ada).await?.summary.id;
    let [first, second] = [world.send(&ben, chat, "One").await?, world.send(&ben, chat, "Two").await?].map(|it| it.id);
    let third = world.send(&cyd, other, "Three").await?.id;
    for (chat, id, emoji) in [(chat, first, "👍"), (chat, first, "🎈"), (chat, second, "👍"), (other, third, "👍")]
    {
        chat::react(&world.services, ada.viewer, chat, id, emoji, true).await?;
    }
    chat::react(&world.services, ben.viewer, chat, first, "👍", true).await?;
    erase(&world.services, ada.viewer, &erasing()).await?;
    run_jobs(&world).await?;
    let left = chat::message(&world.services, ben.viewer, chat, first).await?;
    assert_eq!(left.reactions, [Reaction { emoji: "👍".to_owned(), users: vec![ben.id] }]);
    assert!(left.changed_seq > left.seq + 3, "and those who are there hear of it");
    assert_eq!(chat::message(&world.services, ben.viewer, chat, second).await?.reactions, []);
    assert_eq!(chat::message(&world.services, cyd.viewer, other, third).await?.reactions, []);
    let named = format!("SELECT count(*)::text AS value FROM messages WHERE reactions::text LIKE '%{}%'", ada.id);
    assert_eq!(world.value(&named).await?, "0");
    Ok(())
}

#[tokio::test]
async fn who_left_no_trace_with_anybody_leaves_no_row() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let opened = erase(&world.services, ada.viewer, &erasing()).await?;
    run_jobs(&world).await?;
    assert_eq!(world.value("SELECT count(*)::text AS value FROM users").await?, "0");
    assert!(receipt(&world.services, opened.id).await?.finished_at.is_some());
    Ok(())
}

#[tokio::test]
async fn nobody_is_erased_without_their_password() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let wrong = EraseAccount { password: "wrong".to_owned() };
    assert_eq!(faults(erase(&world.services, ada.viewer, &wrong).await), ["password: wrong"]);
    assert!(profile::me(&world.services, ada.viewer).await.is_ok());
    assert_eq!(refused(receipt(&world.services, ErasureId::new()).await), Some(ErrorCode::NotFound));
    Ok(())
}

#[tokio::test]
async fn a_copy_has_everything_and_is_there_for_a_day() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = furnished(&world).await?;
    let made = export(&world.services, ada.viewer).await?;
    assert_eq!(made.percent, 100);
    assert_eq!(request_export(&world.services, ada.viewer).await?.id, made.id, "one at a time");
    let http = reqwest::Client::builder().no_proxy().build()?;
    let file = http.get(made.url.context("a link")?).send().await?.bytes().await?;
    let copy: Value = serde_json::from_slice(&file)?;
    assert_eq!(copy["account"]["email"], ada.email);
    assert_eq!(copy["photos"].as_array().map(Vec::len), Some(2));
    assert!(copy["photos"][0]["webp_base64"].as_str().is_some_and(|photo| photo.starts_with("UklGR")));
    assert_eq!(copy["chats"][0]["messages"][1]["body"], "Hello, you");
    assert_eq!(copy["safety"]["hidden_words"][0], "accordion");
    assert_eq!(copy["balloons"]["received"][0]["note"], "Hello");
    assert_eq!(copy["balloons"]["sent"][0]["state"], "floating");
    assert!(!String::from_utf8_lossy(&file).contains("argon2"));
    assert_eq!(refused(export(&world.services, ben.viewer).await), Some(ErrorCode::NotFound), "each has their own");

    world.execute("UPDATE exports SET expires_at = now() - interval '1 minute'").await?;
    assert_eq!(refused(export(&world.services, ada.viewer).await), Some(ErrorCode::NotFound));
    world.execute("SELECT graphile_worker.add_job('delete_expired_exports')").await?;
    run_jobs(&world).await?;
    assert_eq!(world.files_under(&format!("exports/{}", made.id)).await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_group_goes_on_when_its_owner_leaves() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    world
        .execute(&format!(
            "INSERT INTO chats (id, kind, title) VALUES ('{0}', 'group', 'Zither club');
             INSERT INTO chat_members (chat_id, user_id, role) VALUES ('{0}', '{0}', 'owner'), ('{0}', '{1}', 'member')",
            ada.id, ben.id
        ))
        .await?;
    let partner = world.open_chat(&ada, &ben).await?;
    erase(&world.services, ada.viewer, &erasing()).await?;
    let invite = CreateGroup { title: "Elsewhere".to_owned(), invite: vec![ada.id] };
    assert_eq!(faults(group::create(&world.services, ben.viewer, &invite).await).len(), 1, "nobody is there to invite");
    world.execute(&format!("DELETE FROM chat_members WHERE chat_id = '{}'", partner.summary.id)).await?;
    let left = world.value("SELECT string_agg(user_id || ' ' || role, ',') AS value FROM chat_members").await?;
    assert_eq!(left, format!("{} owner", ben.id));
    assert!(balloon::sent(&world.services, ben.viewer, None, None).await?.items.is_empty());
    Ok(())
}
