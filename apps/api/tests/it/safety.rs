use anyhow::Result;
use balloond_shared::{
    ErrorCode, Page, UserId,
    event::ServerEvent,
    report::Report,
    safety::{Block, Safety},
};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_block_is_made_listed_and_taken_back() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    for _ in 0..2 {
        ada.post("/blocks", &json!({ "user": ben.id })).await?.is(204)?;
    }
    let page: Page<Block> = ada.get("/blocks").await?.is(200)?.json()?;
    assert_eq!((page.items.len(), page.items[0].user), (1, ben.id));
    for (one, other) in [(&ada, &ben), (&ben, &ada)] {
        one.get(&format!("/users/{}", other.id)).await?.refused(ErrorCode::NotFound)?;
        one.get(&format!("/chats/{chat}")).await?.refused(ErrorCode::NotFound)?;
    }
    for _ in 0..2 {
        ada.delete(&format!("/blocks/{}", ben.id)).await?.is(204)?;
    }
    ben.get(&format!("/chats/{chat}")).await?.is(200)?;
    Ok(())
}

#[tokio::test]
async fn a_block_ends_what_sockets_hear_and_taking_it_back_begins_it_again() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut sockets = [ada.listen(chat).await?, other.user(ben.person.clone()).listen(chat).await?];
    ada.post("/blocks", &json!({ "user": ben.id })).await?.is(204)?;
    for socket in &mut sockets {
        assert_eq!(socket.next().await?, ServerEvent::ChatClosed { chat });
        socket.send(balloond_shared::event::ClientEvent::Subscribe { chat, since: 0 }).await?;
        assert!(matches!(socket.next().await?, ServerEvent::Error { code: ErrorCode::NotFound, .. }));
    }
    ada.delete(&format!("/blocks/{}", ben.id)).await?.is(204)?;
    for socket in &mut sockets {
        assert_eq!(socket.next().await?, ServerEvent::ChatOpened { chat });
    }
    app.world.send(&ada.person, chat, "Hello again").await?;
    for socket in &mut sockets {
        assert_eq!(socket.next().await?, ServerEvent::Activity { chat, seq: 2, sender: ada.id });
    }
    Ok(())
}

#[tokio::test]
async fn who_may_not_block_is_told_so() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    ada.post("/blocks", &json!({ "user": ada.id })).await?.refused(ErrorCode::Forbidden)?;
    ada.post("/blocks", &json!({ "user": UserId::new() })).await?.refused(ErrorCode::NotFound)?;
    assert_eq!(ada.post("/blocks", &json!({ "user": "ben" })).await?.invalid()?, ["user: malformed"]);
    assert_eq!(ada.get("/blocks?cursor=x").await?.invalid()?, ["cursor: malformed"]);
    app.anonymous().post("/blocks", &json!({ "user": ada.id })).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().get("/blocks").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().delete(&format!("/blocks/{}", ada.id)).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn what_one_keeps_away_is_read_and_changed() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    assert_eq!(ada.get("/me/safety").await?.is(200)?.json::<Safety>()?, Safety::default());
    ada.patch("/me/safety", &json!({ "paused": true })).await?.is(200)?;
    let answer = ada.patch("/me/safety", &json!({ "hidden_words": ["Money"] })).await?.is(200)?;
    assert_eq!(answer.json::<Safety>()?, Safety { paused: true, hidden_words: vec!["money".to_owned()] });
    let long = json!({ "hidden_words": ["x".repeat(41)] });
    assert_eq!(ada.patch("/me/safety", &long).await?.invalid()?, ["hidden_words: too_long"]);
    assert_eq!(ada.patch("/me/safety", &json!({ "paused": "yes" })).await?.invalid()?, ["paused: malformed"]);
    app.anonymous().patch("/me/safety", &json!({})).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn a_report_is_made_listed_and_read() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let request = json!({ "about": "chat", "id": chat, "reason": "harassment" });
    let made: Report = ada.post("/reports", &request).await?.is(201)?.json()?;
    assert_eq!(made.evidence.as_ref().map(|evidence| evidence.messages.len()), Some(1));
    let page: Page<Report> = ada.get("/reports").await?.is(200)?.json()?;
    assert_eq!(page.items, [Report { evidence: None, ..made.clone() }]);
    assert_eq!(ada.get(&format!("/reports/{}", made.id)).await?.is(200)?.json::<Report>()?, made);
    ben.get(&format!("/reports/{}", made.id)).await?.refused(ErrorCode::NotFound)?;
    let bad = json!({ "about": "weather", "id": chat, "reason": "harassment" });
    assert_eq!(ada.post("/reports", &bad).await?.invalid()?, ["about: malformed"]);
    let oneself = json!({ "about": "person", "id": ada.id, "reason": "other" });
    ada.post("/reports", &oneself).await?.refused(ErrorCode::Forbidden)?;
    app.anonymous().post("/reports", &request).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
