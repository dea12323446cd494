use anyhow::Result;
use balloond_domain::{
    balloon,
    chat::{delete, edit, messages, photo_url, send_photo},
    group, job,
    leaving::{erase, export, request_export},
    safety,
};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, MessageId,
    chat::{EditMessage, Message, MessagesQuery, PhotoSize, SendPhoto},
    leaving::EraseAccount,
    report::{MakeReport, ReportAbout, ReportReason},
};
use balloond_testing::{
    PASSWORD, TestPerson, World,
    photo::{impostors, jpeg},
};

use crate::{faults, refused};

fn asked(body: &str) -> SendPhoto {
    SendPhoto { client_id: ClientId::new(), body: body.to_owned(), reply_to: None }
}

async fn sent(world: &World, by: &TestPerson, chat: ChatId, body: &str) -> Result<Message> {
    Ok(send_photo(&world.services, by.viewer, chat, &asked(body), jpeg(2000, 1000).into()).await?.message)
}

async fn files(world: &World, chat: ChatId) -> Result<usize> {
    Ok(world.files_under(&format!("chats/{chat}/")).await?.len())
}

async fn seen(world: &World, by: &TestPerson, chat: ChatId) -> Result<Vec<Message>> {
    Ok(messages(&world.services, by.viewer, chat, MessagesQuery::default()).await?.items)
}

async fn get(url: &str) -> Result<reqwest::Response> {
    Ok(reqwest::Client::builder().no_proxy().build()?.get(url).send().await?)
}

#[tokio::test]
async fn a_photo_is_seen_by_members_at_an_address_of_a_minute() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let message = sent(&world, &ada, chat, " Look ").await?;
    let photo = message.photo.clone().expect("a photo");
    assert_eq!((message.body.as_str(), photo.width, photo.height), ("Look", 1600, 800));
    assert!(photo.placeholder.starts_with("data:image/webp;base64,"));
    assert_eq!(seen(&world, &ben, chat).await?.last(), Some(&message));
    let mute = sent(&world, &ben, chat, "").await?;
    assert_eq!((mute.body.as_str(), mute.words(), mute.seq), ("", "Photo", 3));
    assert_eq!(files(&world, chat).await?, 4);
    for size in [PhotoSize::Small, PhotoSize::Large] {
        let url = photo_url(&world.services, ben.viewer, chat, message.id, size).await?;
        let file = get(&url).await?;
        assert_eq!((file.status(), &file.headers()["content-type"]), (reqwest::StatusCode::OK, &"image/webp".parse()?));
        assert!(file.headers()["cache-control"].to_str()?.starts_with("private"));
        let (bare, _) = url.split_once('?').expect("a signed address");
        assert_eq!(get(bare).await?.status(), reqwest::StatusCode::FORBIDDEN, "without its signature it is nobody's");
    }
    Ok(())
}

#[tokio::test]
async fn a_repeat_is_one_photo() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    let asked = asked("once");
    let send = || send_photo(&world.services, ada.viewer, chat, &asked, jpeg(40, 30).into());
    let (first, second) = (send().await?, send().await?);
    assert!(!first.repeated && second.repeated && first.message == second.message);
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(files(&world, chat).await?, 2, "the files of the second are gone");
    Ok(())
}

#[tokio::test]
async fn nobody_else_sends_or_sees_one() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let message = sent(&world, &ada, chat, "ours").await?;
    let text = world.send(&ada, chat, "no photo").await?;
    let url = async |of: &TestPerson, chat, id| {
        refused(photo_url(&world.services, of.viewer, chat, id, PhotoSize::Large).await)
    };
    let elsewhere = world.open_chat(&ben, &cyd).await?.summary.id;
    assert_eq!(url(&cyd, chat, message.id).await, Some(ErrorCode::NotFound));
    assert_eq!(url(&ben, elsewhere, message.id).await, Some(ErrorCode::NotFound));
    assert_eq!(url(&ben, chat, text.id).await, Some(ErrorCode::NotFound));
    assert_eq!(url(&ben, chat, MessageId::new()).await, Some(ErrorCode::NotFound));
    let strange = send_photo(&world.services, cyd.viewer, chat, &asked("mine"), jpeg(40, 30).into()).await;
    assert_eq!(refused(strange), Some(ErrorCode::NotFound));
    safety::block(&world.services, ben.viewer, ada.id).await?;
    assert_eq!(url(&ada, chat, message.id).await, Some(ErrorCode::NotFound), "nor when a block came between them");
    Ok(())
}

#[tokio::test]
async fn what_is_no_photo_or_too_many_words_is_refused_and_nothing_is_stored() -> Result<()> {
    let world = World::new().await?;
    let (ada, _, chat) = world.chat().await?;
    for (what, bytes) in impostors() {
        let faults = faults(send_photo(&world.services, ada.viewer, chat, &asked(""), bytes.into()).await);
        assert!(matches!(faults.as_slice(), [fault] if fault.starts_with("photo: ")), "{what}: {faults:?}");
    }
    let long = send_photo(&world.services, ada.viewer, chat, &asked(&"x".repeat(4001)), jpeg(40, 30).into()).await;
    assert_eq!(faults(long), ["body: too_long"]);
    let answer = SendPhoto { reply_to: Some(MessageId::new()), ..asked("") };
    let astray = send_photo(&world.services, ada.viewer, chat, &answer, jpeg(40, 30).into()).await;
    assert_eq!(faults(astray), ["reply_to: not_found"]);
    job::run_due(&world.services, &world.config).await?;
    assert_eq!((files(&world, chat).await?, seen(&world, &ada, chat).await?.len()), (0, 1));
    Ok(())
}

#[tokio::test]
async fn deleted_for_everyone_it_is_gone_with_its_files_and_a_report_keeps_a_copy() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let message = sent(&world, &ada, chat, "regretted").await?;
    let report = MakeReport {
        about: ReportAbout::Message,
        id: message.id.as_uuid(),
        reason: ReportReason::Other,
        words: String::new(),
    };
    let report = safety::report(&world.services, ben.viewer, &report).await?;
    let edited = edit(&world.services, ada.viewer, chat, message.id, &EditMessage { body: "other".to_owned() }).await?;
    assert!(edited.photo.is_some() && edited.body == "other");
    let gone = delete(&world.services, ada.viewer, chat, message.id).await?;
    assert!(gone.deleted && gone.photo.is_none() && gone.words().is_empty());
    let url = photo_url(&world.services, ada.viewer, chat, message.id, PhotoSize::Large).await;
    assert_eq!(refused(url), Some(ErrorCode::NotFound));
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(files(&world, chat).await?, 0);
    let evidence = safety::reported(&world.services, ben.viewer, report.id).await?.evidence.expect("evidence");
    let copy = evidence.messages.iter().find_map(|message| message.photo.as_deref()).expect("a copy");
    assert_eq!(get(copy).await?.status(), reqwest::StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn whoever_leaves_takes_their_photos_along_and_leaves_their_words() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    sent(&world, &ada, chat, "with words").await?;
    sent(&world, &ada, chat, "").await?;
    let of_ben = sent(&world, &ben, chat, "mine").await?;
    request_export(&world.services, ada.viewer).await?;
    job::run_due(&world.services, &world.config).await?;
    let copy: serde_json::Value =
        get(&export(&world.services, ada.viewer).await?.url.expect("a copy")).await?.text().await?.parse()?;
    let photos: Vec<bool> = copy["chats"][0]["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| !message["photo"].is_null())
        .map(|message| message["photo"]["webp_base64"].is_string())
        .collect();
    assert_eq!(photos, [true, true, false], "their own, with the files");

    let receipt = erase(&world.services, ada.viewer, &EraseAccount { password: PASSWORD.to_owned() }).await?;
    // What that job enqueues itself comes after it.
    for _ in 0..2 {
        job::run_due(&world.services, &world.config).await?;
    }
    let removed = balloond_domain::leaving::receipt(&world.services, receipt.id).await?.removed;
    assert_eq!(removed.chat_photos, 2);
    let left = seen(&world, &ben, chat).await?;
    let left: Vec<_> = left.iter().map(|it| (it.body.as_str(), it.photo.is_some(), it.deleted)).collect();
    assert_eq!(left, [("Hello", false, false), ("with words", false, false), ("", false, true), ("mine", true, false)]);
    let files = world.files_under(&format!("chats/{chat}/")).await?;
    assert!(files.len() == 2 && files.iter().all(|file| file.contains(&of_ben.id.to_string())), "{files:?}");
    Ok(())
}

#[tokio::test]
async fn whoever_is_invited_sees_a_groups_photos_once_they_caught_it() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, _) = world.chat().await?;
    let request = balloond_shared::group::CreateGroup { title: "Hikes".to_owned(), invite: vec![ben.id] };
    let chat = group::create(&world.services, ada.viewer, &request).await?.summary.id;
    let message = sent(&world, &ada, chat, "summit").await?;
    let see = || photo_url(&world.services, ben.viewer, chat, message.id, PhotoSize::Small);
    assert_eq!(refused(see().await), Some(ErrorCode::NotFound));
    let invitation = balloon::received(&world.services, ben.viewer, None, None).await?.items[0].id;
    balloon::catch(&world.services, ben.viewer, invitation).await?;
    see().await?;
    group::remove(&world.services, ada.viewer, chat, ben.id).await?;
    assert_eq!(refused(see().await), Some(ErrorCode::NotFound), "nor after they were removed");
    Ok(())
}
