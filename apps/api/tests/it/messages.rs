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
    assert_eq!(seqs("since=1&limit=3").await?, (vec![2, 3, 4], true));
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
