//! The typed client, from registering to a live message: the walk of docs/API.md.

use anyhow::{Context, Result};
use balloond_client::{Client, Error, LoggedIn};
use balloond_shared::{
    ClientId, ErrorCode,
    api_token::{MakeApiToken, Scope},
    auth::{Login, Register, SignedIn, Verify},
    balloon::{FloatBalloon, SentState},
    chat::{EditMessage, Message, MessagesQuery, SendMessage},
    event::{ClientEvent, ServerEvent},
    people::PeopleQuery,
    profile::EditProfile,
};
use balloond_testing::PASSWORD;
use reqwest::header::{HeaderMap, HeaderName};
use uuid::Uuid;

use crate::app::TestApp;

/// From an address of one's own.
fn client(app: &TestApp) -> Result<Client> {
    let address = balloond_testing::client().address.to_string().parse()?;
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), address)]);
    let http = reqwest::Client::builder().no_proxy().default_headers(headers).build()?;
    Ok(Client::over(&format!("http://{}", app.address), http)?)
}

async fn join(app: &TestApp, name: &str) -> Result<(Client, SignedIn)> {
    let email = format!("{name}-{}@example.com", Uuid::now_v7().simple());
    let request = Register { email: email.clone(), password: PASSWORD.to_owned(), name: name.to_owned(), age: 31 };
    let nobody = client(app)?;
    let signed_in = nobody.register(&request).await?;
    let client = nobody.with_token(&signed_in.token);
    let me = client.verify(&Verify { code: app.world.code(&email).await? }).await?;
    assert!(me.verified && me.email == email);
    Ok((client, signed_in))
}

/// Says something, and answers it as it is heard over the socket.
fn saying(body: &str) -> SendMessage {
    SendMessage { client_id: ClientId::new(), body: body.to_owned(), reply_to: None }
}

fn refused<T>(result: Result<T, Error>) -> Option<ErrorCode> {
    match result {
        Err(Error::Refused(refusal)) => Some(refusal.code),
        _ => None,
    }
}

#[tokio::test]
async fn from_registering_to_a_live_message() -> Result<()> {
    let app = TestApp::start().await?;
    let ((mia, signed_in), (noa, _)) = (join(&app, "mia").await?, join(&app, "noa").await?);
    mia.edit_me(&EditProfile { bio: Some("Mends clocks".to_owned()), ..EditProfile::default() }).await?;
    let found = noa.people(&PeopleQuery { q: Some("mia".to_owned()), ..PeopleQuery::default() }).await?.items;
    let whom = found.first().context("Mia is among the people")?.id;
    assert_eq!(noa.person(whom).await?.bio, "Mends clocks");

    noa.float(&FloatBalloon { to: whom, note: "Where did it begin?".to_owned() }).await?;
    let waiting = mia.received(None).await?.items;
    let chat = mia.catch(waiting.first().context("a balloon")?.id).await?.summary;
    assert_eq!(noa.sent(None).await?.items[0].state, SentState::Caught);
    assert_eq!(noa.chats(None).await?.items[0].id, chat.id);

    // A program of Mia's answers for her.
    let make = MakeApiToken {
        name: "Bot".to_owned(),
        scopes: vec![Scope::ChatsRead, Scope::ChatsWrite, Scope::Realtime],
        days: Some(1),
        password: PASSWORD.to_owned(),
    };
    let made = mia.make_token(&make).await?;
    let bot = client(&app)?.with_token(&made.token);
    assert_eq!(refused(bot.me().await), Some(ErrorCode::InsufficientScope));
    let mut socket = bot.connect().await?;
    assert_eq!(socket.next().await?, ServerEvent::Ready { user: signed_in.user.profile.id });
    socket.subscribe(chat.id, chat.head).await?;
    while !matches!(socket.next().await?, ServerEvent::Subscribed { .. }) {}
    let sent = noa.send(chat.id, &saying("With a cuckoo?")).await?;
    assert_eq!(heard(&mut socket).await?, sent);
    socket.say(ClientEvent::Typing { chat: chat.id }).await?;
    let answer = bot.send(chat.id, &saying("With a cuckoo.")).await?;
    assert_eq!(heard(&mut socket).await?, answer);
    let changed = bot.edit(chat.id, answer.id, &EditMessage { body: "With *two*.".to_owned() }).await?;
    noa.react(chat.id, changed.id, "🎈").await?;
    noa.unreact(chat.id, changed.id, "🎈").await?;
    assert_eq!(noa.mark_read(chat.id, changed.seq).await?.seq, changed.seq);
    let page = bot.messages(chat.id, &MessagesQuery { since: Some(chat.head), ..MessagesQuery::default() }).await?;
    assert_eq!(page.items.len(), 2);
    assert!(bot.delete(chat.id, answer.id).await?.deleted);

    mia.end_token(made.about.id).await?;
    while socket.next().await.is_ok() {}
    assert_eq!(refused(bot.chat(chat.id).await), Some(ErrorCode::Unauthenticated));
    assert_eq!(refused(bot.connect().await), Some(ErrorCode::Unauthenticated));
    Ok(())
}

async fn heard(socket: &mut balloond_client::Realtime) -> Result<Message> {
    loop {
        if let ServerEvent::Message { message } = socket.next().await? {
            return Ok(message);
        }
    }
}

#[tokio::test]
async fn signing_in_staying_so_and_what_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let nobody = client(&app)?;
    let login = |password: &str| Login { email: ada.person.email.clone(), password: password.to_owned() };
    assert_eq!(refused(nobody.log_in(&login("wrong")).await), Some(ErrorCode::WrongCredentials));
    let LoggedIn::SignedIn(signed_in) = nobody.log_in(&login(PASSWORD)).await? else { anyhow::bail!("one more step") };
    let renewed = nobody.refresh(&signed_in.refresh_token).await?;
    let client = nobody.with_token(&renewed.token);
    assert_eq!(client.me().await?.email, ada.person.email);
    assert!(client.tokens().await?.is_empty());
    client.log_out().await?;
    assert_eq!(refused(client.me().await), Some(ErrorCode::Unauthenticated));
    let Err(Error::Refused(refusal)) = nobody.log_in(&login("")).await else { anyhow::bail!("it was taken") };
    assert_eq!(refusal.errors.of("password"), Some("This is needed to log in."));
    let gone = Client::over("http://127.0.0.1:1", reqwest::Client::builder().no_proxy().build()?)?;
    assert!(matches!(gone.me().await, Err(Error::Unreachable(_))));
    assert!(!format!("{client:?}").contains(&renewed.token));
    Ok(())
}

#[test]
fn the_documents_example_is_the_one_that_is_compiled() {
    let example = include_str!("../../../../packages/client/examples/listen.rs");
    let (_, code) = example.split_once("\n\n").expect("a comment before the code");
    assert!(include_str!("../../../../docs/API.md").contains(code), "docs/API.md shows another example");
}
