//! What is heard, where, and by whom. Two applications on one Redis stand for two processes.

use anyhow::Result;
use balloond_shared::{
    ClientId,
    chat::{Message, ReadCursor},
    event::{ClientEvent, ServerEvent},
};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_message_reaches_all_who_subscribed_in_every_process() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut sockets = [
        ben.listen(chat).await?,
        ben.listen(chat).await?,
        other.user(ben.person.clone()).listen(chat).await?,
        ada.listen(chat).await?,
        other.user(ada.person.clone()).listen(chat).await?,
    ];
    for (sender, body) in [(&ada, "one"), (&ben, "two"), (&other.user(ada.person.clone()), "three")] {
        let request = json!({ "client_id": ClientId::new(), "body": body });
        let sent: Message = sender.post(&format!("/chats/{chat}/messages"), &request).await?.is(201)?.json()?;
        for socket in &mut sockets {
            assert_eq!(socket.message().await?, sent);
        }
        sender.post(&format!("/chats/{chat}/messages"), &request).await?.is(200)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_change_of_a_message_reaches_all_in_its_turn() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let sent = app.world.send(&ada.person, chat, "Helo").await?;
    let mut sockets = [ben.listen(chat).await?, other.user(ben.person.clone()).listen(chat).await?];
    let mut elsewhere = ben.connect().await?;
    let path = format!("/chats/{chat}/messages/{}", sent.id);
    ada.patch(&path, &json!({ "body": "Hello" })).await?.is(200)?;
    ben.put(&format!("{path}/reactions/%F0%9F%91%8D"), &json!({})).await?.is(200)?;
    ada.delete(&path).await?.is(200)?;
    for socket in &mut sockets {
        let heard = [socket.message().await?, socket.message().await?, socket.message().await?];
        assert_eq!(heard.each_ref().map(|message| (message.seq, message.changed_seq)), [(2, 3), (2, 4), (2, 5)]);
        assert_eq!(heard.each_ref().map(|message| message.body.as_str()), ["Hello", "Hello", ""]);
        assert_eq!(heard[1].reactions[0].users, [ben.id]);
    }
    let activity = ServerEvent::Activity { chat, seq: 2, sender: ada.id };
    assert_eq!(
        [elsewhere.next().await?, elsewhere.next().await?, elsewhere.next().await?],
        [activity.clone(), activity.clone(), activity]
    );
    let (missed, head) =
        app.anonymous().bearer(&ben.person.signed_in.token).connect().await?.subscribe(chat, 3).await?;
    assert_eq!((missed.len(), missed[0].deleted, head), (1, true, 5));
    Ok(())
}

#[tokio::test]
async fn who_did_not_subscribe_hears_that_something_happened() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.connect().await?;
    app.world.send(&ada.person, chat, "2").await?;
    assert_eq!(socket.next().await?, ServerEvent::Activity { chat, seq: 2, sender: ada.id });
    assert_eq!(socket.subscribe(chat, 2).await?, (vec![], 2));
    let third = app.world.send(&ada.person, chat, "3").await?;
    assert_eq!(socket.message().await?, third);
    socket.send(ClientEvent::Unsubscribe { chat }).await?;
    socket.settled().await?;
    app.world.send(&ada.person, chat, "4").await?;
    assert_eq!(socket.next().await?, ServerEvent::Activity { chat, seq: 4, sender: ada.id });
    Ok(())
}

#[tokio::test]
async fn from_ready_on_everything_is_heard() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    ben.connect().await?;
    for seq in 2..=10 {
        let mut socket = ben.dial().await?;
        assert_eq!(socket.next().await?, ServerEvent::Ready { user: ben.id });
        app.world.send(&ada.person, chat, "Hi").await?;
        // A worker that is behind may tell of the one before first.
        while socket.next().await? != (ServerEvent::Activity { chat, seq, sender: ada.id }) {}
    }
    Ok(())
}

#[tokio::test]
async fn typing_is_heard_by_the_other_and_not_echoed() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let (mut here, mut there) = (ada.listen(chat).await?, other.user(ada.person.clone()).listen(chat).await?);
    let mut listener = other.user(ben.person.clone()).listen(chat).await?;
    here.send(ClientEvent::Typing { chat }).await?;
    assert_eq!(listener.next().await?, ServerEvent::Typing { chat, user: ada.id });
    let message = app.world.send(&ben.person, chat, "I see you type").await?;
    for socket in [&mut here, &mut there, &mut listener] {
        assert_eq!(socket.message().await?, message, "and nothing before it");
    }
    Ok(())
}

#[tokio::test]
async fn reading_is_heard_once_it_moves() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ada.listen(chat).await?;
    for body in ["2", "3"] {
        app.world.send(&ada.person, chat, body).await?;
        socket.message().await?;
    }
    for seq in [2, 2, 0, 3] {
        ben.put(&format!("/chats/{chat}/read"), &json!({ "seq": seq })).await?.is(200)?;
    }
    for seq in [2, 3] {
        assert_eq!(socket.next().await?, ServerEvent::Read { chat, cursor: ReadCursor { user: ben.id, seq } });
    }
    Ok(())
}

#[tokio::test]
async fn a_balloon_is_heard_when_it_comes_and_when_it_goes() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben) = app.two().await?;
    let cyd = app.person("Cyd").await?;
    let (mut here, mut there) = (ben.connect().await?, other.user(ben.person.clone()).connect().await?);
    let withdrawn = app.world.float(&ada.person, &ben.person).await?;
    ada.delete(&format!("/balloons/{}", withdrawn.id)).await?.is(204)?;
    let popped = app.world.float(&cyd.person, &ben.person).await?;
    ben.act(&format!("/balloons/{}/pop", popped.id)).await?.is(204)?;
    for socket in [&mut here, &mut there] {
        for (balloon, from) in [(&withdrawn, &ada), (&popped, &cyd)] {
            let ServerEvent::Balloon { balloon: heard } = socket.next().await? else { panic!("no balloon") };
            assert_eq!((heard.id, heard.from.id, heard.note.as_str()), (balloon.id, from.id, "Hello"));
            assert_eq!(socket.next().await?, ServerEvent::BalloonGone { balloon: balloon.id });
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_sender_hears_nothing_of_a_pop() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let cyd = app.person("Cyd").await?;
    let mut socket = ada.connect().await?;
    let popped = app.world.float(&ada.person, &ben.person).await?;
    ben.act(&format!("/balloons/{}/pop", popped.id)).await?.is(204)?;
    let later = app.world.float(&cyd.person, &ada.person).await?;
    let ServerEvent::Balloon { balloon } = socket.next().await? else { panic!("it heard of the pop") };
    assert_eq!(balloon.id, later.id);
    Ok(())
}

#[tokio::test]
async fn a_catch_opens_the_chat_on_every_socket_of_both() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben) = app.two().await?;
    let (mut of_ada, mut of_ben) = (ada.connect().await?, other.user(ben.person.clone()).connect().await?);
    let balloon = app.world.float(&ada.person, &ben.person).await?;
    let ServerEvent::Balloon { .. } = of_ben.next().await? else { panic!("no balloon") };
    let caught: serde_json::Value = ben.act(&format!("/balloons/{}/catch", balloon.id)).await?.is(200)?.json()?;
    let chat = serde_json::from_value(caught["id"].clone())?;
    for socket in [&mut of_ada, &mut of_ben] {
        assert_eq!(socket.next().await?, ServerEvent::ChatOpened { chat });
    }
    assert_eq!(of_ben.next().await?, ServerEvent::BalloonGone { balloon: balloon.id });
    for socket in [&mut of_ada, &mut of_ben] {
        assert_eq!(socket.next().await?, ServerEvent::Activity { chat, seq: 1, sender: ada.id });
    }
    app.world.send(&ben.person, chat, "Hi").await?;
    assert_eq!(of_ada.next().await?, ServerEvent::Activity { chat, seq: 2, sender: ben.id }, "without connecting anew");
    Ok(())
}
