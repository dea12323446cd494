use anyhow::Result;
use balloond_shared::{
    ChatId, ClientId, ErrorCode,
    chat::{Message, Messages},
};
use serde_json::{Value, json};

use crate::app::TestApp;

fn body(text: &str) -> Value {
    json!({ "client_id": ClientId::new(), "body": text })
}

#[tokio::test]
async fn a_message_is_stored_once_however_often_it_is_sent() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let (path, request) = (format!("/chats/{chat}/messages"), body("Hi"));
    let message: Message = ben.post(&path, &request).await?.is(201)?.json()?;
    assert_eq!((message.seq, message.sender, message.body.as_str()), (2, ben.id, "Hi"));
    for _ in 0..2 {
        assert_eq!(ben.post(&path, &request).await?.is(200)?.json::<Message>()?, message);
    }
    let history: Messages = ada.get(&path).await?.is(200)?.json()?;
    assert_eq!((history.items.last(), history.items.len(), history.head), (Some(&message), 2, 2));
    Ok(())
}

#[tokio::test]
async fn history_and_changes_are_read_in_pages() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    for number in 2..=5 {
        app.world.send(&ben.person, chat, &number.to_string()).await?;
    }
    let seqs = async |query: &str| -> Result<(Vec<i64>, bool)> {
        let page: Messages = ada.get(&format!("/chats/{chat}/messages?{query}")).await?.is(200)?.json()?;
        Ok((page.items.into_iter().map(|message| message.seq).collect(), page.more))
    };
    assert_eq!(seqs("limit=2").await?, (vec![4, 5], true));
    assert_eq!(seqs("before=4&limit=2").await?, (vec![2, 3], true));
    assert_eq!(seqs("before=2").await?, (vec![1], false));
    assert_eq!(seqs("since=2&limit=3").await?, (vec![3, 4, 5], false));
    assert_eq!(seqs("since=1&limit=3").await?, (vec![1, 2, 3, 4, 5], false), "too many: the newest window");
    assert_eq!(seqs("since=5").await?, (vec![], false));
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_is_refused_and_not_stored() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let path = format!("/chats/{chat}/messages");
    assert_eq!(ada.post(&path, &body(" ")).await?.invalid()?, ["body: required"]);
    assert_eq!(ada.post(&path, &body(&"x".repeat(4001))).await?.invalid()?, ["body: too_long"]);
    assert_eq!(ada.post(&path, &body("a\0b")).await?.invalid()?, ["body: not_allowed"]);
    assert_eq!(ada.post(&path, &json!({ "body": "Hi" })).await?.invalid()?, ["client_id: required"]);
    let faults = ada.post(&path, &json!({ "client_id": 7, "body": "Hi" })).await?.invalid()?;
    assert_eq!(faults, ["client_id: malformed"]);
    assert_eq!(ada.get(&format!("{path}?before=3&since=1")).await?.invalid()?, ["before: not_allowed"]);
    ada.get(&format!("{path}?before=x")).await?.refused(ErrorCode::Malformed)?;
    assert_eq!(ada.get(&path).await?.json::<Messages>()?.head, 1);
    Ok(())
}

#[tokio::test]
async fn nobody_but_a_member_reads_or_writes() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    for (person, chat) in [(&cyd, chat), (&ada, ChatId::new())] {
        let path = format!("/chats/{chat}/messages");
        person.get(&path).await?.refused(ErrorCode::NotFound)?;
        person.get(&format!("{path}?since=0")).await?.refused(ErrorCode::NotFound)?;
        person.post(&path, &body("Hi")).await?.refused(ErrorCode::NotFound)?;
    }
    let path = format!("/chats/{chat}/messages");
    app.anonymous().get(&path).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().post(&path, &body("Hi")).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn a_message_is_edited_answered_reacted_to_and_deleted() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let path = format!("/chats/{chat}/messages");
    let sent: Message = ada.post(&path, &body("Helo")).await?.is(201)?.json()?;
    let one = format!("{path}/{}", sent.id);
    let edited: Message = ada.patch(&one, &json!({ "body": "Hello" })).await?.is(200)?.json()?;
    assert_eq!((edited.body.as_str(), edited.changed_seq, edited.edited_at.is_some()), ("Hello", 3, true));
    let answer = json!({ "client_id": ClientId::new(), "body": "Hi", "reply_to": sent.id });
    let answered: Message = ben.post(&path, &answer).await?.is(201)?.json()?;
    assert_eq!(answered.reply_to.map(|quote| (quote.id, quote.excerpt)), Some((sent.id, "Hello".to_owned())));
    let reaction = format!("{one}/reactions/%F0%9F%91%8D");
    for _ in 0..2 {
        let reacted: Message = ben.put(&reaction, &json!({})).await?.is(200)?.json()?;
        assert_eq!((reacted.reactions[0].emoji.as_str(), reacted.changed_seq), ("👍", 5));
    }
    for _ in 0..2 {
        assert_eq!(ben.delete(&reaction).await?.is(200)?.json::<Message>()?.reactions, []);
    }
    for _ in 0..2 {
        let gone: Value = ada.delete(&one).await?.is(200)?.json()?;
        assert_eq!((gone["deleted"].as_bool(), gone["body"].as_str()), (Some(true), Some("")));
    }
    ada.patch(&one, &json!({ "body": "Again" })).await?.refused(ErrorCode::MessageGone)?;
    ben.put(&reaction, &json!({})).await?.refused(ErrorCode::MessageGone)?;
    Ok(())
}

#[tokio::test]
async fn changes_that_are_not_valid_or_not_ones_own_are_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    let sent = app.world.send(&ada.person, chat, "Mine").await?;
    let one = format!("/chats/{chat}/messages/{}", sent.id);
    let text = json!({ "body": "x" });
    ben.patch(&one, &text).await?.refused(ErrorCode::Forbidden)?;
    ben.delete(&one).await?.refused(ErrorCode::Forbidden)?;
    cyd.patch(&one, &text).await?.refused(ErrorCode::NotFound)?;
    cyd.delete(&one).await?.refused(ErrorCode::NotFound)?;
    cyd.put(&format!("{one}/reactions/%F0%9F%91%8D"), &text).await?.refused(ErrorCode::NotFound)?;
    app.anonymous().patch(&one, &text).await?.refused(ErrorCode::Unauthenticated)?;
    for nowhere in [format!("/chats/{chat}/messages/7"), format!("/chats/7/messages/{}", sent.id)] {
        ada.patch(&nowhere, &text).await?.refused(ErrorCode::NotFound)?;
    }
    assert_eq!(ada.patch(&one, &json!({ "body": "" })).await?.invalid()?, ["body: required"]);
    assert_eq!(ada.patch(&one, &json!({})).await?.invalid()?, ["body: required"]);
    for emoji in ["x", "%3Cb%3E", "%F0%9F%91%8D%F0%9F%91%8D", "%00", "%FF"] {
        let faults = ben.put(&format!("{one}/reactions/{emoji}"), &json!({})).await?.invalid()?;
        assert_eq!(faults, ["emoji: not_allowed"], "{emoji}");
    }
    let answer = json!({ "client_id": ClientId::new(), "body": "Hi", "reply_to": ClientId::new() });
    let faults = ada.post(&format!("/chats/{chat}/messages"), &answer).await?.invalid()?;
    assert_eq!(faults, ["reply_to: not_found"]);
    Ok(())
}
