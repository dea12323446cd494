use anyhow::Result;
use balloond_domain::chat::{delete, edit, get, list, message, messages, react, send};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId,
    chat::{EditMessage, MessagesQuery, Quote, Reaction, SendMessage},
};
use balloond_testing::{TestPerson, World};
use futures_util::future::join_all;

use crate::{faults, refused};

fn text(body: &str) -> EditMessage {
    EditMessage { body: body.to_owned() }
}

fn answer(to: MessageId, body: &str) -> SendMessage {
    SendMessage { client_id: ClientId::new(), body: body.to_owned(), reply_to: Some(to) }
}

async fn head(world: &World, by: &TestPerson, chat: ChatId) -> Result<i64> {
    Ok(get(&world.services, by.viewer, chat).await?.summary.head)
}

#[tokio::test]
async fn an_edit_keeps_the_place_and_takes_the_next_head() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let sent = world.send(&ada, chat, "Helo").await?;
    world.send(&ben, chat, "?").await?;
    let edited = edit(&world.services, ada.viewer, chat, sent.id, &text(" Hello\r\n")).await?;
    assert_eq!((edited.body.as_str(), edited.seq, edited.changed_seq), ("Hello", 2, 4));
    assert!(edited.edited_at.is_some() && edited.sent_at == sent.sent_at);
    assert_eq!(
        edit(&world.services, ada.viewer, chat, sent.id, &text("Hello")).await?,
        edited,
        "a repeat is no change"
    );
    let since = MessagesQuery { since: Some(3), ..Default::default() };
    let caught_up = messages(&world.services, ben.viewer, chat, since).await?;
    assert_eq!((caught_up.items, caught_up.head), (vec![edited], 4));
    Ok(())
}

#[tokio::test]
async fn only_its_writer_edits_or_deletes_a_message() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let sent = world.send(&ada, chat, "Mine").await?;
    let elsewhere = world.open_chat(&ben, &cyd).await?.summary.id;
    for (viewer, chat, code) in [
        (ben.viewer, chat, ErrorCode::Forbidden),
        (cyd.viewer, chat, ErrorCode::NotFound),
        (ben.viewer, elsewhere, ErrorCode::NotFound),
        (ada.viewer, ChatId::new(), ErrorCode::NotFound),
    ] {
        assert_eq!(refused(edit(&world.services, viewer, chat, sent.id, &text("x")).await), Some(code));
        assert_eq!(refused(delete(&world.services, viewer, chat, sent.id).await), Some(code));
    }
    assert_eq!(refused(delete(&world.services, ada.viewer, chat, MessageId::new()).await), Some(ErrorCode::NotFound));
    for viewer in [cyd.viewer, world.person("Dee").await?.viewer] {
        assert_eq!(refused(react(&world.services, viewer, chat, sent.id, "👍", true).await), Some(ErrorCode::NotFound));
        assert_eq!(refused(message(&world.services, viewer, chat, sent.id).await), Some(ErrorCode::NotFound));
    }
    assert_eq!(message(&world.services, ben.viewer, chat, sent.id).await?, sent);
    Ok(())
}

#[tokio::test]
async fn an_edit_has_to_be_a_message_and_in_time() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let sent = world.send(&ada, chat, "Then").await?;
    for (body, fault) in [(" ", "required"), (&"x".repeat(4001), "too_long"), ("a\0", "not_allowed")] {
        let edited = edit(&world.services, ada.viewer, chat, sent.id, &text(body)).await;
        assert_eq!(faults(edited), [format!("body: {fault}")]);
    }
    world.execute("UPDATE messages SET sent_at = sent_at - interval '24 hours' WHERE body = 'Then'").await?;
    let late = edit(&world.services, ada.viewer, chat, sent.id, &text("Now")).await;
    assert_eq!(refused(late), Some(ErrorCode::TooLate));
    assert_eq!(head(&world, &ada, chat).await?, 2, "nothing was changed");
    delete(&world.services, ada.viewer, chat, sent.id).await?;
    assert_eq!(
        refused(edit(&world.services, ada.viewer, chat, sent.id, &text("Now")).await),
        Some(ErrorCode::MessageGone)
    );
    Ok(())
}

#[tokio::test]
async fn of_a_deleted_message_only_its_place_is_left() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let sent = world.send(&ada, chat, "A secret").await?;
    react(&world.services, ben.viewer, chat, sent.id, "😮", true).await?;
    let answered = send(&world.services, ben.viewer, chat, &answer(sent.id, "Really?")).await?.message;
    assert_eq!(answered.reply_to.as_ref().map(|quote| quote.excerpt.as_str()), Some("A secret"));
    let gone = delete(&world.services, ada.viewer, chat, sent.id).await?;
    assert_eq!((gone.body.as_str(), gone.deleted, gone.reactions.len(), gone.changed_seq), ("", true, 0, 5));
    assert_eq!(delete(&world.services, ada.viewer, chat, sent.id).await?, gone, "a repeat is no change");
    let all = messages(&world.services, ben.viewer, chat, MessagesQuery::default()).await?.items;
    assert_eq!(all[1], gone);
    assert_eq!(all[2].reply_to, Some(Quote::of(&gone)), "quotes forget it too");
    let secrets = world.value("SELECT count(*)::text AS value FROM messages WHERE body LIKE '%secret%'").await?;
    assert_eq!(secrets, "0");
    assert_eq!(
        list(&world.services, ada.viewer, None, None).await?.items[0].unread,
        1,
        "the answer, not the tombstone"
    );
    Ok(())
}

#[tokio::test]
async fn an_answer_quotes_what_it_answers() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let long = world.send(&ada, chat, &"é".repeat(300)).await?;
    let request = answer(long.id, "Much");
    let sent = send(&world.services, ben.viewer, chat, &request).await?.message;
    let quote = sent.reply_to.clone().unwrap();
    assert_eq!((quote.id, quote.seq, quote.sender, quote.excerpt.chars().count()), (long.id, 2, ada.id, 141));
    assert_eq!(send(&world.services, ben.viewer, chat, &request).await?.message, sent, "a repeat answers the same");
    let edited = edit(&world.services, ada.viewer, chat, long.id, &text("short")).await?;
    assert_eq!(message(&world.services, ada.viewer, chat, sent.id).await?.reply_to, Some(Quote::of(&edited)));
    let elsewhere = world.open_chat(&ben, &cyd).await?.summary.id;
    for nothing in [long.id, MessageId::new()] {
        let refused = send(&world.services, ben.viewer, elsewhere, &answer(nothing, "x")).await;
        assert_eq!(faults(refused), ["reply_to: not_found"]);
    }
    let stranger = send(&world.services, cyd.viewer, chat, &answer(long.id, "x")).await;
    assert_eq!(refused(stranger), Some(ErrorCode::NotFound));
    Ok(())
}

#[tokio::test]
async fn reactions_are_given_and_taken_back() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let sent = world.send(&ada, chat, "Well?").await?;
    let give = async |who: &TestPerson, emoji: &str, wanted| {
        react(&world.services, who.viewer, chat, sent.id, emoji, wanted).await
    };
    give(&ben, "👍", true).await?;
    let both = give(&ada, "👍", true).await?;
    assert_eq!(both.reactions, [Reaction { emoji: "👍".to_owned(), users: vec![ben.id, ada.id] }]);
    assert_eq!((both.seq, both.changed_seq), (2, 4));
    assert_eq!(give(&ada, "👍", true).await?, both, "a repeat is no change");
    assert_eq!(give(&ada, "🎈", false).await?, both);
    give(&ben, "👍", false).await?;
    assert_eq!(give(&ada, "👍", false).await?.reactions, []);
    for emoji in ["", "x", "👍👍", "<b>"] {
        assert_eq!(faults(give(&ada, emoji, true).await), ["emoji: not_allowed"]);
    }
    for emoji in ["👍", "🎈", "😂"] {
        give(&ada, emoji, true).await?;
    }
    assert_eq!(refused(give(&ada, "🙏", true).await), Some(ErrorCode::ReactionsFull));
    delete(&world.services, ada.viewer, chat, sent.id).await?;
    assert_eq!(refused(give(&ada, "👍", true).await), Some(ErrorCode::MessageGone));
    Ok(())
}

#[tokio::test]
async fn changes_at_once_lose_nothing_and_leave_no_hole() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let sent = world.send(&ada, chat, "Everybody").await?;
    let (services, viewers) = (&world.services, [ada.viewer, ben.viewer]);
    let kinds = ["👍", "🎈", "😂"];
    let reacting =
        viewers.iter().flat_map(|viewer| kinds.map(|kind| react(services, *viewer, chat, sent.id, kind, true)));
    let sending = (0..6).map(|number| world.send(if number % 2 == 0 { &ada } else { &ben }, chat, "x"));
    let (reacted, written) = futures_util::future::join(join_all(reacting), join_all(sending)).await;
    reacted.into_iter().collect::<Result<Vec<_>, _>>()?;
    written.into_iter().collect::<Result<Vec<_>, _>>()?;
    let since = MessagesQuery { since: Some(0), ..Default::default() };
    let all = messages(services, ada.viewer, chat, since).await?;
    let reactions = &all.items.iter().find(|message| message.id == sent.id).unwrap().reactions;
    assert_eq!(reactions.iter().map(|reaction| reaction.users.len()).collect::<Vec<_>>(), [2, 2, 2]);
    assert_eq!((all.head, all.items.len()), (14, 8), "a head each");
    Ok(())
}
