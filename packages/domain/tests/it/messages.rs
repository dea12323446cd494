use anyhow::Result;
use balloond_domain::chat::{get, mark_read, messages, send, typing};
use balloond_shared::{
    ChatId, ClientId, ErrorCode,
    chat::{CATCH_UP_LIMIT, MarkRead, MessagesQuery, SendMessage},
    privacy::Privacy,
};
use balloond_testing::{TestPerson, World};
use futures_util::future::join_all;

use crate::{faults, refused};

fn request(body: &str) -> SendMessage {
    SendMessage { client_id: ClientId::new(), body: body.to_owned(), reply_to: None }
}

/// The bodies of what a query finds, and whether there is more.
async fn found(world: &World, by: &TestPerson, chat: ChatId, query: MessagesQuery) -> Result<(Vec<String>, bool)> {
    let found = messages(&world.services, by.viewer, chat, query).await?;
    Ok((found.items.into_iter().map(|message| message.body).collect(), found.more))
}

/// A chat with the messages `Hello`, `2`, `3` … up to `last`.
async fn filled(world: &World, last: i64) -> Result<(TestPerson, TestPerson, ChatId)> {
    let (ada, ben, chat) = world.chat().await?;
    for number in 2..=last {
        let from = if number % 2 == 0 { &ben } else { &ada };
        world.send(from, chat, &number.to_string()).await?;
    }
    Ok((ada, ben, chat))
}

#[tokio::test]
async fn a_message_takes_the_next_place() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let request = request(" Hi\r\nAda \n");
    let sent = send(&world.services, ben.viewer, chat, &request).await?;
    let message = sent.message;
    assert!(!sent.repeated);
    assert_eq!((message.seq, message.changed_seq, message.chat, message.sender), (2, 2, chat, ben.id));
    assert_eq!((message.body.as_str(), message.client_id), ("Hi\nAda", request.client_id));
    let history = messages(&world.services, ada.viewer, chat, MessagesQuery::default()).await?;
    assert_eq!((history.items.last(), history.head, history.more), (Some(&message), 2, false));
    Ok(())
}

#[tokio::test]
async fn a_message_has_1_to_4000_characters() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    for (body, fault) in
        [("", "required"), (" \n", "required"), (&"x".repeat(4001), "too_long"), ("a\0b", "not_allowed")]
    {
        assert_eq!(faults(send(&world.services, ada.viewer, chat, &request(body)).await), [format!("body: {fault}")]);
    }
    send(&world.services, ada.viewer, chat, &request(&"🎈".repeat(4000))).await?;
    assert_eq!(get(&world.services, ada.viewer, chat).await?.summary.head, 2);
    Ok(())
}

#[tokio::test]
async fn a_repeated_send_answers_what_was_first_stored() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let first = request("first");
    let sent = send(&world.services, ada.viewer, chat, &first).await?;
    let again = SendMessage { body: "second".to_owned(), ..first.clone() };
    let repeated = send(&world.services, ada.viewer, chat, &again).await?;
    assert!(repeated.repeated);
    assert_eq!(repeated.message, sent.message);
    let of_ben = send(&world.services, ben.viewer, chat, &first).await?;
    assert!(!of_ben.repeated, "another sender's client may have made the same id");
    assert_eq!(of_ben.message.seq, 3, "the repeat took no place");
    Ok(())
}

#[tokio::test]
async fn nothing_is_acknowledged_that_is_not_committed() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    // The statement succeeds and answers its row; what fails is the commit, as when the server goes down just then.
    world
        .execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
             CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION refuse();
             CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON chat_members DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        .await?;
    assert!(send(&world.services, ada.viewer, chat, &request("lost?")).await.is_err());
    assert!(mark_read(&world.services, ada.viewer, chat, MarkRead { seq: 1 }).await.is_err());
    assert_eq!(get(&world.services, ada.viewer, chat).await?.summary.head, 1);
    Ok(())
}

#[tokio::test]
async fn twenty_repeats_at_once_store_one() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let request = request("once");
    let sends = join_all((0..20).map(|_| send(&world.services, ada.viewer, chat, &request))).await;
    let sends = sends.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(sends.iter().filter(|sent| !sent.repeated).count(), 1);
    assert!(sends.iter().all(|sent| sent.message == sends[0].message));
    assert_eq!(found(&world, &ada, chat, MessagesQuery::default()).await?.0, ["Hello", "once"]);
    assert_eq!(world.send(&ada, chat, "next").await?.seq, 3);
    Ok(())
}

#[tokio::test]
async fn a_hundred_sends_at_once_leave_no_hole() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    // Ten writers, each of whom waits for its answer as a client does.
    let writers = (0..10).map(async |writer| {
        let from = if writer % 2 == 0 { &ada } else { &ben };
        let mut seqs = Vec::new();
        for number in 0..10 {
            seqs.push(world.send(from, chat, &format!("{writer} {number}")).await?.seq);
        }
        anyhow::Ok(seqs)
    });
    let seqs = join_all(writers).await.into_iter().collect::<Result<Vec<_>>>()?;
    assert!(seqs.iter().all(|seqs| seqs.is_sorted()), "a writer's messages keep their order");
    let mut seqs = seqs.concat();
    seqs.sort_unstable();
    assert_eq!(seqs, (2..=101).collect::<Vec<_>>());
    let all =
        messages(&world.services, ada.viewer, chat, MessagesQuery { since: Some(0), ..Default::default() }).await?;
    assert_eq!(all.items.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=101).collect::<Vec<_>>());
    assert_eq!((all.head, all.more), (101, false));
    Ok(())
}

#[tokio::test]
async fn history_is_read_backwards_page_by_page() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = filled(&world, 7).await?;
    let page = async |before, limit| found(&world, &ada, chat, MessagesQuery { before, limit, since: None }).await;
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(page(None, Some(3)).await?, (texts(&["5", "6", "7"]), true));
    assert_eq!(page(Some(5), Some(3)).await?, (texts(&["2", "3", "4"]), true));
    assert_eq!(page(Some(2), Some(3)).await?, (texts(&["Hello"]), false));
    assert_eq!(page(Some(1), None).await?, (texts(&[]), false));
    assert_eq!(page(Some(i64::MIN), Some(i64::MIN)).await?, (texts(&[]), false));
    assert_eq!(page(Some(i64::MAX), Some(0)).await?, (texts(&["7"]), true), "a limit is at least one");
    Ok(())
}

#[tokio::test]
async fn catching_up_brings_all_changes_or_the_newest_window() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = filled(&world, 7).await?;
    let since = async |since, limit| {
        let query = MessagesQuery { since: Some(since), limit, before: None };
        let found = messages(&world.services, ada.viewer, chat, query).await?;
        let seqs = found.items.iter().map(|message| message.seq).collect::<Vec<_>>();
        anyhow::Ok((seqs, found.head, found.more, found.limited))
    };
    assert_eq!(since(2, None).await?, (vec![3, 4, 5, 6, 7], 7, false, false));
    assert_eq!(since(5, Some(2)).await?, (vec![6, 7], 7, false, false));
    assert_eq!(since(4, Some(2)).await?, ((1..=7).collect(), 7, false, true), "one too many: the newest window");
    assert_eq!(since(7, None).await?, (vec![], 7, false, false));
    assert_eq!(since(i64::MAX, Some(i64::MAX)).await?, (vec![], 7, false, false));
    assert_eq!(since(i64::MIN, None).await?.0.len(), 7);
    let both = MessagesQuery { before: Some(5), since: Some(1), limit: None };
    assert_eq!(faults(messages(&world.services, ada.viewer, chat, both).await), ["before: not_allowed"]);
    Ok(())
}

#[tokio::test]
async fn after_too_long_an_absence_there_is_a_window_of_fifty() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = filled(&world, CATCH_UP_LIMIT + 10).await?;
    let since = async |since| {
        messages(&world.services, ada.viewer, chat, MessagesQuery { since: Some(since), ..Default::default() }).await
    };
    let (all, window) = (since(10).await?, since(9).await?);
    assert_eq!((all.items.len(), all.limited, all.head), (300, false, 310));
    assert_eq!((window.items.len(), window.limited, window.more, window.head), (50, true, true, 310));
    assert_eq!(window.items.first().map(|message| message.seq), Some(261));
    Ok(())
}

#[tokio::test]
async fn a_stranger_finds_nothing_in_any_way() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    for (person, chat) in [(&cyd, chat), (&ada, ChatId::new())] {
        let viewer = person.viewer;
        let found = [
            refused(send(&world.services, viewer, chat, &request("Hi")).await),
            refused(messages(&world.services, viewer, chat, MessagesQuery::default()).await),
            refused(
                messages(&world.services, viewer, chat, MessagesQuery { since: Some(0), ..Default::default() }).await,
            ),
            refused(mark_read(&world.services, viewer, chat, MarkRead { seq: 1 }).await),
            refused(typing(&world.services, viewer, chat, Privacy::default()).await),
        ];
        assert_eq!(found, [Some(ErrorCode::NotFound); 5]);
    }
    assert_eq!(get(&world.services, ada.viewer, chat).await?.summary.head, 1, "nothing was stored");
    Ok(())
}
