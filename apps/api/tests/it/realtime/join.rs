//! Catching up while everything goes on.

use anyhow::Result;
use balloond_shared::{
    chat::CATCH_UP_LIMIT,
    event::{ClientEvent, ServerEvent},
};
use balloond_testing::{TestPerson, World};

use crate::app::TestApp;

async fn send_some(world: &World, from: &TestPerson, chat: balloond_shared::ChatId, count: i64) -> Result<()> {
    for number in 0..count {
        world.send(from, chat, &number.to_string()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_was_missed_comes_first_and_in_order() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    send_some(&app.world, &ada.person, chat, 9).await?;
    let mut socket = ben.connect().await?;
    let (missed, head) = socket.subscribe(chat, 4).await?;
    assert_eq!(missed.iter().map(|message| message.seq).collect::<Vec<_>>(), (5..=10).collect::<Vec<_>>());
    assert_eq!(head, 10);
    assert_eq!(socket.subscribe(chat, 9).await?.0.len(), 1, "asked again, it answers again");
    Ok(())
}

#[tokio::test]
async fn each_message_comes_once_and_in_order_while_more_are_sent() -> Result<()> {
    const SENT: i64 = 120;
    const SINCE: i64 = 10;
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let there = other.user(ben.person.clone());
    send_some(&app.world, &ada.person, chat, 30).await?;
    let listen = async |user: &crate::client::User| {
        let mut seqs = Vec::new();
        let mut socket = user.connect().await?;
        socket.send(ClientEvent::Subscribe { chat, since: SINCE }).await?;
        while seqs.last() != Some(&(1 + 30 + 2 * SENT)) {
            match socket.next().await? {
                ServerEvent::Message { message } => seqs.push(message.seq),
                // Activities are heard before it is subscribed.
                ServerEvent::Activity { .. } | ServerEvent::Subscribed { .. } | ServerEvent::Read { .. } => {}
                unexpected => panic!("{unexpected:?}"),
            }
        }
        anyhow::Ok(seqs)
    };
    let (from_ada, from_ben, first, second, third) = tokio::join!(
        send_some(&app.world, &ada.person, chat, SENT),
        send_some(&other.world, &ben.person, chat, SENT),
        listen(&ben),
        listen(&there),
        listen(&ada),
    );
    from_ada?;
    from_ben?;
    for seqs in [first?, second?, third?] {
        assert_eq!(seqs, (SINCE + 1..=1 + 30 + 2 * SENT).collect::<Vec<_>>());
    }
    Ok(())
}

#[tokio::test]
async fn who_was_away_for_long_is_told_to_fetch() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    send_some(&app.world, &ada.person, chat, CATCH_UP_LIMIT + 5).await?;
    let mut socket = ben.connect().await?;
    socket.send(ClientEvent::Subscribe { chat, since: 0 }).await?;
    let mut events = Vec::new();
    loop {
        match socket.next().await? {
            ServerEvent::Read { .. } => {}
            ServerEvent::Subscribed { head, .. } => break assert_eq!(head, CATCH_UP_LIMIT + 6),
            other => events.push(other),
        }
    }
    assert_eq!(events, [ServerEvent::Resync { chat: Some(chat) }]);
    let next = app.world.send(&ada.person, chat, "next").await?;
    assert_eq!(socket.message().await?, next, "from then on it hears all");
    Ok(())
}
