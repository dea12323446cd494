use anyhow::Result;
use balloond_shared::{
    ChatId, ErrorCode, Page,
    chat::{Chat, ChatSummary, ReadCursor},
    search::FoundMessage,
};
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn chats_are_listed_and_shown_to_their_members() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    for (one, other) in [(&ada, &ben), (&ben, &ada)] {
        let page: Page<ChatSummary> = one.get("/chats").await?.is(200)?.json()?;
        let [listed] = page.items.as_slice() else { panic!("{page:?}") };
        assert_eq!((listed.id, listed.head, listed.unread), (chat, 1, 0));
        assert_eq!(listed.with.as_ref().map(|with| with.id), Some(other.id));
        let shown: Chat = one.get(&format!("/chats/{chat}")).await?.is(200)?.json()?;
        assert_eq!((&shown.summary, shown.members.len()), (listed, 2));
    }
    Ok(())
}

#[tokio::test]
async fn to_anybody_else_there_is_no_chat() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    cyd.get(&format!("/chats/{chat}")).await?.refused(ErrorCode::NotFound)?;
    cyd.put(&format!("/chats/{chat}/read"), &json!({ "seq": 1 })).await?.refused(ErrorCode::NotFound)?;
    for id in [ChatId::new().to_string().as_str(), "7"] {
        ada.get(&format!("/chats/{id}")).await?.refused(ErrorCode::NotFound)?;
    }
    app.anonymous().get(&format!("/chats/{chat}")).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().get("/chats").await?.refused(ErrorCode::Unauthenticated)?;
    assert_eq!(cyd.get("/chats").await?.is(200)?.json::<Page<ChatSummary>>()?.items, []);
    assert_eq!(ada.get("/chats?cursor=x").await?.invalid()?, ["cursor: malformed"]);
    Ok(())
}

#[tokio::test]
async fn reading_moves_the_cursor_forward_up_to_the_head() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let path = format!("/chats/{chat}/read");
    for (asked, expected) in [(0, 0), (1, 1), (0, 1), (-1, 1), (99, 1)] {
        let cursor: ReadCursor = ada.put(&path, &json!({ "seq": asked })).await?.is(200)?.json()?;
        assert_eq!(cursor, ReadCursor { user: ada.id, seq: expected });
    }
    assert_eq!(ada.get(&format!("/chats/{chat}")).await?.json::<Chat>()?.summary.unread, 0);
    assert_eq!(ada.put(&path, &json!({ "seq": "all" })).await?.invalid()?, ["seq: malformed"]);
    Ok(())
}

#[tokio::test]
async fn what_was_said_is_found_again_and_a_chat_is_muted() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let sent = app.world.send(&ben.person, chat, "A loud clock").await?;
    let found: Page<FoundMessage> = ada.get("/search?q=loud%20clo").await?.is(200)?.json()?;
    assert_eq!(found.items, [FoundMessage { title: "Ben".to_owned(), message: sent }]);
    assert_eq!(ada.get("/search?q=").await?.invalid()?, ["q: required"]);
    assert_eq!(ada.get("/search").await?.invalid()?, ["q: required"]);
    ada.get("/search?q=x&chat=7").await?.refused(ErrorCode::Malformed)?;
    app.anonymous().get("/search?q=x").await?.refused(ErrorCode::Unauthenticated)?;
    ada.put(&format!("/chats/{chat}/mute"), &json!({ "muted": true })).await?.is(204)?;
    assert_eq!(ada.get("/me/badges").await?.json::<Value>()?["chats"], 0);
    assert_eq!(ada.get(&format!("/chats/{chat}")).await?.json::<Value>()?["muted"], true);
    assert_eq!(ada.put(&format!("/chats/{chat}/mute"), &json!({ "muted": 1 })).await?.invalid()?, ["muted: malformed"]);
    let stranger = app.person("Cyd").await?;
    stranger.put(&format!("/chats/{chat}/mute"), &json!({ "muted": true })).await?.refused(ErrorCode::NotFound)?;
    Ok(())
}
