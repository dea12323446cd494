use anyhow::{Context, Result};
use balloond_domain::{
    balloon::{pop, withdraw},
    job, photo, profile,
    safety::{block, preview, report, reported, reports},
};
use balloond_shared::{
    ErrorCode, ReportId,
    profile::EditProfile,
    report::{MakeReport, Report, ReportAbout, ReportReason},
};
use balloond_testing::{TestPerson, World};
use uuid::Uuid;

use crate::{faults, refused};

fn about(about: ReportAbout, id: Uuid) -> MakeReport {
    MakeReport { about, id, reason: ReportReason::Spam, words: " See? ".to_owned() }
}

async fn made(world: &World, by: &TestPerson, request: &MakeReport) -> Result<Report> {
    Ok(report(&world.services, by.viewer, request).await?)
}

#[tokio::test]
async fn a_person_is_kept_as_they_were_photos_included() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let photo = world.photo(&ben).await?;
    let edit = |bio: &str| EditProfile { bio: Some(bio.to_owned()), ..EditProfile::default() };
    profile::edit(&world.services, ben.viewer, &edit("Send me money"), None).await?;
    let first = made(&world, &ada, &about(ReportAbout::Person, ben.id.as_uuid())).await?;
    profile::edit(&world.services, ben.viewer, &edit("A kind man"), None).await?;
    photo::remove(&world.services, ben.viewer, photo.id).await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.files(ben.id).await?.len(), 0);

    let kept = reported(&world.services, ada.viewer, first.id).await?;
    assert_eq!((kept.about, kept.reason, kept.words.as_str()), (ReportAbout::Person, ReportReason::Spam, "See?"));
    let person = kept.evidence.and_then(|evidence| evidence.person).context("who it is about")?;
    assert_eq!((person.id, person.bio.as_str(), person.photos.len()), (ben.id, "Send me money", 1));
    let copy = reqwest::Client::builder().no_proxy().build()?.get(&person.photos[0]).send().await?;
    assert!(copy.status().is_success() && copy.bytes().await?.starts_with(b"RIFF"));
    Ok(())
}

#[tokio::test]
async fn a_balloon_is_kept_after_it_was_popped_or_taken_back() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    let cyd = world.person("Cyd").await?;
    let (popped, withdrawn) = (world.float(&ben, &ada).await?, world.float(&cyd, &ada).await?);
    pop(&world.services, ada.viewer, popped.id).await?;
    withdraw(&world.services, cyd.viewer, withdrawn.id).await?;
    for (balloon, from) in [(&popped, &ben), (&withdrawn, &cyd)] {
        let kept = made(&world, &ada, &about(ReportAbout::Balloon, balloon.id.as_uuid())).await?;
        let evidence = kept.evidence.context("evidence")?;
        assert_eq!(evidence.note.map(|note| note.note).as_deref(), Some("Hello"));
        assert_eq!(evidence.person.map(|person| person.id), Some(from.id));
        let by_sender = report(&world.services, from.viewer, &about(ReportAbout::Balloon, balloon.id.as_uuid())).await;
        assert_eq!(refused(by_sender), Some(ErrorCode::NotFound), "it is not to them");
    }
    Ok(())
}

#[tokio::test]
async fn a_chat_and_a_message_can_be_reported_after_a_block_too() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let nasty = world.send(&ben, chat, "Pay me").await?;
    world.send(&ada, chat, "No").await?;
    block(&world.services, ada.viewer, ben.id).await?;
    let whole = made(&world, &ada, &about(ReportAbout::Chat, chat.as_uuid())).await?;
    let evidence = whole.evidence.context("evidence")?;
    let bodies: Vec<_> = evidence.messages.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, ["Hello", "Pay me", "No"]);
    assert_eq!(evidence.person.map(|person| person.id), Some(ben.id));
    let one = made(&world, &ada, &about(ReportAbout::Message, nasty.id.as_uuid())).await?;
    assert_eq!(one.evidence.and_then(|evidence| evidence.person).map(|person| person.id), Some(ben.id));
    let person = made(&world, &ada, &about(ReportAbout::Person, ben.id.as_uuid())).await;
    assert!(person.is_ok(), "whom one blocked");
    assert_eq!(
        refused(report(&world.services, ben.viewer, &about(ReportAbout::Message, nasty.id.as_uuid())).await),
        Some(ErrorCode::Forbidden),
        "his own"
    );
    Ok(())
}

#[tokio::test]
async fn what_one_does_not_know_cannot_be_reported() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    let message = world.send(&ben, chat, "Hi").await?;
    block(&world.services, ben.viewer, cyd.id).await?;
    for (kind, id) in [
        (ReportAbout::Chat, chat.as_uuid()),
        (ReportAbout::Message, message.id.as_uuid()),
        (ReportAbout::Balloon, Uuid::now_v7()),
        (ReportAbout::Person, Uuid::now_v7()),
        (ReportAbout::Person, ben.id.as_uuid()),
    ] {
        assert_eq!(refused(report(&world.services, cyd.viewer, &about(kind, id)).await), Some(ErrorCode::NotFound));
        assert_eq!(refused(preview(&world.services, cyd.viewer, kind, id).await), Some(ErrorCode::NotFound));
    }
    let oneself = about(ReportAbout::Person, cyd.id.as_uuid());
    assert_eq!(refused(report(&world.services, cyd.viewer, &oneself).await), Some(ErrorCode::Forbidden));
    let long = MakeReport { words: "x".repeat(1001), ..about(ReportAbout::Person, ben.id.as_uuid()) };
    assert_eq!(faults(report(&world.services, ada.viewer, &long).await), ["words: too_long"]);
    assert_eq!(world.value("SELECT count(*)::text AS value FROM reports").await?, "0");
    Ok(())
}

#[tokio::test]
async fn ones_reports_are_ones_own_and_end_after_half_a_year() -> Result<()> {
    let world = World::new().await?;
    let (ada, ben) = world.two().await?;
    world.photo(&ben).await?;
    let mut expected: Vec<ReportId> = Vec::new();
    for _ in 0..3 {
        expected.insert(0, made(&world, &ada, &about(ReportAbout::Person, ben.id.as_uuid())).await?.id);
    }
    let first = reports(&world.services, ada.viewer, None, Some(2)).await?;
    let rest = reports(&world.services, ada.viewer, first.next.as_ref().map(|next| next.0.as_str()), Some(2)).await?;
    let seen: Vec<_> = first.items.iter().chain(&rest.items).map(|report| report.id).collect();
    assert_eq!(seen, expected);
    assert!(first.items[0].evidence.is_none());
    assert_eq!(reports(&world.services, ben.viewer, None, None).await?.items, []);
    assert_eq!(refused(reported(&world.services, ben.viewer, expected[0]).await), Some(ErrorCode::NotFound));
    assert_eq!(faults(reports(&world.services, ada.viewer, Some("x"), None).await), ["cursor: malformed"]);

    world.execute("UPDATE reports SET created_at = created_at - interval '181 days'").await?;
    world.execute("SELECT graphile_worker.add_job('delete_old_reports')").await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(reports(&world.services, ada.viewer, None, None).await?.items, []);
    assert_eq!(world.files_under(&format!("reports/{}/", expected[0])).await?, [""; 0]);
    Ok(())
}
