use anyhow::Result;
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId,
    chat::{Message, Messages},
    photo::MAX_PHOTO_BYTES,
};
use balloond_testing::photo::jpeg;
use reqwest::Method;

use crate::{
    app::TestApp,
    client::{Answer, Client},
};

const MULTIPART: &str = "multipart/form-data; boundary=edge";

/// A form of texts, and a file named `photo`.
fn form(texts: &[(&str, &str)], photo: &[u8]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, text) in texts {
        form.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").as_bytes(),
        );
    }
    form.extend_from_slice(
        b"--edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
    );
    form.extend_from_slice(photo);
    form.extend_from_slice(b"\r\n--edge--\r\n");
    form
}

async fn send(by: &Client, chat: ChatId, form: Vec<u8>) -> Result<Answer> {
    let path = format!("/api/v1/chats/{chat}/photos");
    by.header("content-type", MULTIPART).request(Method::POST, &path, form).await
}

fn path(message: &Message, size: &str) -> String {
    format!("/chats/{}/messages/{}/photo/{size}", message.chat, message.id)
}

#[tokio::test]
async fn a_photo_is_sent_once_and_its_members_are_led_to_it() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let mut socket = ben.listen(chat).await?;
    let id = ClientId::new().to_string();
    let photo = form(&[("client_id", &id), ("body", "Look"), ("reply_to", "")], &jpeg(400, 300));
    let sent: Message = send(&ada, chat, photo.clone()).await?.is(201)?.json()?;
    assert_eq!(socket.message().await?, sent);
    assert_eq!(send(&ada, chat, photo).await?.is(200)?.json::<Message>()?, sent);
    let page: Messages = ben.get(&format!("/chats/{chat}/messages")).await?.is(200)?.json()?;
    assert_eq!(page.items.last(), Some(&sent));
    for size in ["small", "large"] {
        // The client follows the redirect.
        let file = ben.get(&path(&sent, size)).await?.is(200)?;
        assert_eq!((file.text_of("content-type"), &file.body[8..12]), ("image/webp", &b"WEBP"[..]));
    }
    Ok(())
}

#[tokio::test]
async fn nobody_else_sends_or_sees_one() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    let id = ClientId::new().to_string();
    let photo = form(&[("client_id", &id)], &jpeg(40, 30));
    send(&cyd, chat, photo.clone()).await?.refused(ErrorCode::NotFound)?;
    send(&app.anonymous(), chat, photo.clone()).await?.refused(ErrorCode::Unauthenticated)?;
    let sent: Message = send(&ada, chat, photo).await?.is(201)?.json()?;
    cyd.get(&path(&sent, "large")).await?.refused(ErrorCode::NotFound)?;
    app.anonymous().get(&path(&sent, "large")).await?.refused(ErrorCode::Unauthenticated)?;
    ada.get(&path(&sent, "huge")).await?.refused(ErrorCode::NotFound)?;
    ada.get(&path(&Message { id: MessageId::new(), ..sent }, "large")).await?.refused(ErrorCode::NotFound)?;
    Ok(())
}

#[tokio::test]
async fn what_is_no_photo_or_no_form_is_refused() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let id = ClientId::new().to_string();
    let long = "x".repeat(4001);
    for (texts, photo, fault) in [
        (vec![("client_id", &*id)], b"no photo".to_vec(), "photo: not_a_photo"),
        (vec![("client_id", &*id)], vec![], "photo: required"),
        (vec![("client_id", "7")], jpeg(40, 30), "client_id: malformed"),
        (vec![], jpeg(40, 30), "client_id: malformed"),
        (vec![("client_id", &*id), ("body", &*long)], jpeg(40, 30), "body: too_long"),
        (vec![("client_id", &*id), ("title", "x")], jpeg(40, 30), "photo: not_allowed"),
    ] {
        assert_eq!(send(&ada, chat, form(&texts, &photo)).await?.invalid()?, [fault]);
    }
    let large = form(&[("client_id", &id)], &vec![0; MAX_PHOTO_BYTES + 1]);
    send(&ada, chat, large).await?.refused(ErrorCode::PayloadTooLarge)?;
    Ok(())
}
