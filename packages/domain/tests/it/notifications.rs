//! Calling people who are away.

use anyhow::{Context, Result};
use balloond_domain::{
    auth::{end_other_sessions, log_in, log_out},
    balloon::pop,
    chat::{mark_read, mute},
    job,
    leaving::{erase, export, request_export},
    notification::{edit, end_digest, get, mark_here, may_end_digest, subscribe, unsubscribe},
    safety,
};
use balloond_shared::{
    ChatId, ErrorCode,
    auth::Login,
    chat::{MarkRead, Mute},
    leaving::EraseAccount,
    notification::{NotificationSettings, QuietHours},
    safety::EditSafety,
};
use balloond_testing::{Browser, PASSWORD, PushReceiver, TestPerson, World, client, database};
use chrono::{TimeDelta, Utc};

use crate::{faults, refused};

/// Ada and Ben with a chat, and Ben's browser at a push service.
struct Scene {
    world: World,
    service: PushReceiver,
    ada: TestPerson,
    ben: TestPerson,
    chat: ChatId,
}

impl Scene {
    async fn new() -> Result<Self> {
        let url = database::create().await?;
        let world = World::with(&[("DATABASE_URL", &url), ("PUSH_TO_LOCAL", "true")])?;
        let (ada, ben, chat) = world.chat().await?;
        mark_read(&world.services, ben.viewer, chat, MarkRead { seq: 1 }).await?;
        Ok(Self { service: PushReceiver::start().await?, world, ada, ben, chat })
    }

    async fn wake(&self, who: &TestPerson) -> Result<Browser> {
        let browser = self.service.browser()?;
        subscribe(&self.world.services, who.viewer, &browser.subscription()).await?;
        Ok(browser)
    }

    /// Ada writes, and what is due is done: first who is to be called, then the notes.
    async fn write(&self, text: &str) -> Result<usize> {
        self.world.send(&self.ada, self.chat, text).await?;
        self.work().await
    }

    /// How many notes came so far.
    async fn work(&self) -> Result<usize> {
        for _ in 0..2 {
            job::run_due(&self.world.services, &self.world.config).await?;
        }
        Ok(self.service.pushed().len())
    }

    async fn set(&self, settings: NotificationSettings) -> Result<()> {
        edit(&self.world.services, self.ben.viewer, &settings).await?;
        Ok(())
    }

    async fn waiting(&self) -> Result<String> {
        self.world.value("SELECT count(*)::text AS value FROM graphile_worker.jobs").await
    }
}

/// Quiet hours around now, or around noon on the other side of the day.
fn quiet(now: bool) -> QuietHours {
    let time = |hours| (Utc::now() + TimeDelta::hours(hours)).format("%H:%M").to_string();
    let (from, until) = if now { (-1, 2) } else { (10, 14) };
    QuietHours { from: time(from), until: time(until), time_zone: "UTC".to_owned() }
}

#[tokio::test]
async fn whoever_is_away_is_called_and_nobody_between_reads_it() -> Result<()> {
    let scene = Scene::new().await?;
    let browser = scene.wake(&scene.ben).await?;
    assert_eq!(scene.write("Meet me under the clock").await?, 1);
    let pushed = scene.service.pushed().remove(0);
    assert!(browser.is_for(&pushed));
    assert!(!String::from_utf8_lossy(&pushed.body).contains("clock"));
    let header = |name| pushed.header(name).to_owned();
    assert_eq!((header("content-encoding"), header("ttl")), ("aes128gcm".to_owned(), "86400".to_owned()));
    assert!(header("authorization").starts_with("vapid t=") && header("topic").len() == 32);
    assert!(!header("topic").contains(&scene.chat.to_string()));
    let note = browser.open(&pushed)?;
    assert_eq!(note["body"], "Ada wrote to you.", "not what was written, unless they want it");
    assert_eq!(
        (note["path"].as_str(), note["tag"].as_str()),
        (Some(format!("/chats/{}", scene.chat).as_str()), Some(scene.chat.to_string().as_str()))
    );
    assert_eq!(scene.waiting().await?, "0");
    Ok(())
}

#[tokio::test]
async fn whoever_is_away_is_called_to_a_balloon_and_not_told_whose_it_is() -> Result<()> {
    let scene = Scene::new().await?;
    let [cyd, dee] = [scene.world.person("Cyd").await?, scene.world.person("Dee").await?];
    scene.world.float(&cyd, &scene.ben).await?;
    assert_eq!((scene.work().await?, scene.waiting().await?.as_str()), (0, "0"), "off by default");
    scene.world.execute("UPDATE balloons SET sent_at = sent_at - interval '25 hours'").await?;
    let browser = scene.wake(&scene.ben).await?;
    let second = scene.world.float(&dee, &scene.ben).await?;
    assert_eq!(scene.work().await?, 1);
    let note = browser.open(&scene.service.pushed()[0])?;
    assert_eq!((note["title"].as_str(), note["body"].as_str()), (Some("Balloon’d"), Some("A balloon waits for you.")));
    assert_eq!((note["path"].as_str(), note["tag"].as_str()), (Some("/balloons"), Some("balloons")));
    let eve = scene.world.person("Eve").await?;
    scene.world.float(&eve, &scene.ben).await?;
    assert_eq!(scene.work().await?, 1, "once, while one of today waits");
    pop(&scene.world.services, scene.ben.viewer, second.id).await?;
    scene.world.execute("UPDATE balloons SET sent_at = sent_at - interval '25 hours' WHERE state = 'pending'").await?;
    scene.set(NotificationSettings { shows_text: true, ..NotificationSettings::default() }).await?;
    let browser = scene.wake(&scene.ben).await?;
    let fay = scene.world.person("Fay").await?;
    scene.world.float(&fay, &scene.ben).await?;
    assert_eq!(scene.work().await?, 2);
    assert_eq!(browser.open(&scene.service.pushed()[1])?["title"], "Fay", "to whoever wants that");
    Ok(())
}

#[tokio::test]
async fn nobody_is_called_to_a_balloon_that_is_gone_kept_out_seen_or_untimely() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    scene.wake(&scene.ben).await?;
    let someone = async |name: &str| scene.world.person(name).await;
    let balloon = scene.world.float(&someone("Cyd").await?, &scene.ben).await?;
    pop(services, scene.ben.viewer, balloon.id).await?;
    assert_eq!(scene.work().await?, 0, "answered before the note went out");
    let hides = |words: &[&str]| EditSafety {
        hidden_words: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        ..EditSafety::default()
    };
    safety::edit(services, scene.ben.viewer, &hides(&["hello"])).await?;
    scene.world.float(&someone("Dee").await?, &scene.ben).await?;
    assert_eq!((scene.work().await?, scene.waiting().await?.as_str()), (0, "0"), "it never arrived");
    safety::edit(services, scene.ben.viewer, &hides(&[])).await?;
    scene.set(NotificationSettings { quiet: Some(quiet(true)), ..NotificationSettings::default() }).await?;
    scene.world.float(&someone("Eve").await?, &scene.ben).await?;
    assert_eq!((scene.work().await?, scene.waiting().await?.as_str()), (0, "1"), "until the quiet hours end");
    scene.set(NotificationSettings::default()).await?;
    mark_here(services, &[scene.ben.id]).await?;
    scene.world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    assert_eq!((scene.work().await?, scene.waiting().await?.as_str()), (0, "1"), "looked at once more");
    scene.world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    assert_eq!((scene.work().await?, scene.waiting().await?.as_str()), (0, "0"), "it is in front of them");
    Ok(())
}

#[tokio::test]
async fn what_was_written_is_shown_to_whoever_asked_for_it() -> Result<()> {
    let scene = Scene::new().await?;
    let browser = scene.wake(&scene.ben).await?;
    scene.set(NotificationSettings { shows_text: true, ..NotificationSettings::default() }).await?;
    assert_eq!(scene.write("Under the clock").await?, 1);
    let note = browser.open(&scene.service.pushed()[0])?;
    assert_eq!((note["title"].as_str(), note["body"].as_str()), (Some("Ada"), Some("Under the clock")));
    Ok(())
}

#[tokio::test]
async fn nobody_is_called_who_did_not_ask_or_asked_not_to_be() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    assert_eq!((scene.write("1").await?, scene.waiting().await?.as_str()), (0, "0"), "off by default");
    scene.wake(&scene.ada).await?;
    assert_eq!(scene.write("2").await?, 0, "not of one's own words");
    scene.wake(&scene.ben).await?;
    mute(services, scene.ben.viewer, scene.chat, Mute { muted: true }).await?;
    assert_eq!(scene.write("3").await?, 0);
    mute(services, scene.ben.viewer, scene.chat, Mute { muted: false }).await?;
    mark_here(services, &[scene.ben.id]).await?;
    assert_eq!(scene.write("4").await?, 0);
    unsubscribe(services, scene.ben.viewer).await?;
    assert_eq!(scene.write("5").await?, 0);
    Ok(())
}

#[tokio::test]
async fn it_is_one_note_a_chat_until_it_is_read() -> Result<()> {
    let scene = Scene::new().await?;
    scene.wake(&scene.ben).await?;
    for text in ["1", "2", "3"] {
        assert_eq!(scene.write(text).await?, 1);
    }
    let services = &scene.world.services;
    mark_read(services, scene.ben.viewer, scene.chat, MarkRead { seq: 4 }).await?;
    assert_eq!(scene.write("4").await?, 2);
    let cyd = scene.world.person("Cyd").await?;
    let other = scene.world.open_chat(&cyd, &scene.ben).await?.summary.id;
    scene.world.send(&cyd, other, "Hello, you").await?;
    assert_eq!(scene.work().await?, 3, "another chat is another note");
    let topics: std::collections::HashSet<_> =
        scene.service.pushed().iter().map(|pushed| pushed.header("topic").to_owned()).collect();
    assert_eq!(topics.len(), 2);
    Ok(())
}

#[tokio::test]
async fn what_is_read_before_the_note_goes_out_needs_none() -> Result<()> {
    let scene = Scene::new().await?;
    scene.wake(&scene.ben).await?;
    scene.world.send(&scene.ada, scene.chat, "Quick").await?;
    mark_read(&scene.world.services, scene.ben.viewer, scene.chat, MarkRead { seq: 2 }).await?;
    assert_eq!(scene.work().await?, 0);
    Ok(())
}

#[tokio::test]
async fn quiet_hours_hold_a_note_back_and_let_it_go_when_they_end() -> Result<()> {
    let scene = Scene::new().await?;
    scene.wake(&scene.ben).await?;
    scene.set(NotificationSettings { quiet: Some(quiet(true)), ..NotificationSettings::default() }).await?;
    assert_eq!(scene.write("Are you asleep?").await?, 0);
    let held =
        "SELECT (run_at BETWEEN now() + interval '118 minutes' AND now() + interval '121 minutes')::text AS value
                FROM graphile_worker.jobs";
    assert_eq!(scene.world.value(held).await?, "true");
    assert_eq!((scene.write("Hello?").await?, scene.waiting().await?.as_str()), (0, "1"), "one is enough");
    scene.set(NotificationSettings { quiet: Some(quiet(false)), ..NotificationSettings::default() }).await?;
    scene.world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    assert_eq!(scene.work().await?, 1);
    Ok(())
}

#[tokio::test]
async fn quiet_hours_are_those_of_the_place() -> Result<()> {
    let world = World::new().await?;
    let until = async |from: u16, until: u16, zone: &str, now: &str| {
        let sql = format!(
            "SELECT COALESCE((quiet_until({from}::smallint, {until}::smallint, '{zone}', '{now}') AT TIME ZONE 'UTC')::text, '') AS value"
        );
        world.value(&sql).await
    };
    let night = (22 * 60, 7 * 60);
    assert_eq!(until(night.0, night.1, "Europe/Berlin", "2026-01-10 21:30Z").await?, "2026-01-11 06:00:00");
    assert_eq!(until(night.0, night.1, "Europe/Berlin", "2026-07-10 03:00Z").await?, "2026-07-10 05:00:00");
    assert_eq!(until(night.0, night.1, "Europe/Berlin", "2026-01-10 20:59Z").await?, "");
    assert_eq!(until(night.0, night.1, "Europe/Berlin", "2026-01-10 06:00Z").await?, "");
    assert_eq!(until(12 * 60, 13 * 60, "Asia/Kolkata", "2026-01-10 07:00Z").await?, "2026-01-10 07:30:00");
    Ok(())
}

#[tokio::test]
async fn a_browser_that_is_gone_is_forgotten_and_one_that_is_busy_is_tried_again() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    scene.wake(&scene.ben).await?;
    scene.service.answer(503);
    scene.write("1").await?;
    let state = "SELECT attempts || ' ' || max_attempts || ' ' || (last_error LIKE '%http%') AS value FROM graphile_worker.jobs";
    assert_eq!(scene.world.value(state).await?, "1 8 false", "and no address in what is kept of it");
    scene.service.answer(410);
    scene.world.execute("UPDATE graphile_worker._private_jobs SET run_at = now()").await?;
    assert_eq!(scene.work().await?, 2);
    assert!(!get(services, scene.ben.viewer).await?.push);
    assert_eq!((scene.write("2").await?, scene.waiting().await?.as_str()), (2, "0"));
    Ok(())
}

#[tokio::test]
async fn a_session_that_ends_takes_its_browser_along() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    let login = Login { email: scene.ben.email.clone(), password: PASSWORD.to_owned() };
    log_in(services, &login, &client()).await?;
    scene.wake(&scene.ben).await?;
    log_out(services, scene.ben.viewer).await?;
    assert_eq!(scene.write("1").await?, 0);
    // Of two sessions, the one that goes.
    scene.wake(&scene.ada).await?;
    end_other_sessions(services, scene.ada.viewer).await?;
    assert!(get(services, scene.ada.viewer).await?.push);
    Ok(())
}

#[tokio::test]
async fn a_browser_is_one_sessions_and_nobody_takes_it_with_its_address_alone() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    let browser = scene.service.browser()?;
    subscribe(services, scene.ben.viewer, &browser.subscription()).await?;
    let mut stolen = scene.service.browser()?.subscription();
    stolen.endpoint = browser.subscription().endpoint;
    stolen.keys.auth = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    subscribe(services, scene.ada.viewer, &stolen).await?;
    assert!(get(services, scene.ben.viewer).await?.push);
    subscribe(services, scene.ada.viewer, &browser.subscription()).await?;
    assert!(!get(services, scene.ben.viewer).await?.push, "somebody else signed in there");
    Ok(())
}

#[tokio::test]
async fn what_is_not_valid_is_named() -> Result<()> {
    let world = World::new().await?;
    let ada = world.person("Ada").await?;
    let mut wanted = Browser::at("https://push.example.com/a")?.subscription();
    wanted.endpoint = "http://127.0.0.1:1/".to_owned();
    assert_eq!(faults(subscribe(&world.services, ada.viewer, &wanted).await), ["endpoint: not_allowed"]);
    let nowhere = QuietHours { time_zone: "Mars/Olympus".to_owned(), ..quiet(true) };
    let settings = NotificationSettings { quiet: Some(nowhere), ..NotificationSettings::default() };
    assert_eq!(faults(edit(&world.services, ada.viewer, &settings).await), ["quiet.time_zone: malformed"]);
    let dumb = World::with(&[("DATABASE_URL", &world.config.database.url), ("VAPID_KEY", "")])?;
    assert_eq!(refused(subscribe(&dumb.services, ada.viewer, &wanted).await), Some(ErrorCode::NotFound));
    Ok(())
}

#[tokio::test]
async fn a_copy_has_it_and_whoever_leaves_takes_it_along() -> Result<()> {
    let scene = Scene::new().await?;
    let services = &scene.world.services;
    let browser = scene.wake(&scene.ben).await?;
    scene.set(NotificationSettings { shows_text: true, digest: true, quiet: Some(quiet(true)) }).await?;
    scene.write("Hello?").await?;
    request_export(services, scene.ben.viewer).await?;
    scene.work().await?;
    let url = export(services, scene.ben.viewer).await?.url.context("a link")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let file = http.get(url).send().await?.text().await?;
    assert!(file.contains("\"service\": \"127.0.0.1\"") && file.contains("\"digest\": true"), "{file}");
    assert!(!file.contains(&browser.subscription().endpoint));

    erase(services, scene.ben.viewer, &EraseAccount { password: PASSWORD.to_owned() }).await?;
    scene.work().await?;
    let mut tables = scene.world.rows_with(&scene.ben.id.to_string()).await?;
    tables.retain(|table| !["users", "chats", "chat_members", "messages", "balloons"].contains(&table.as_str()));
    assert_eq!(tables, [""; 0]);
    assert_eq!(scene.world.rows_with("127.0.0.1:").await?, [""; 0]);
    Ok(())
}

/// Ben wants a digest, and was away since yesterday.
async fn digested(shows_text: bool) -> Result<Scene> {
    let scene = Scene::new().await?;
    scene.set(NotificationSettings { shows_text, digest: true, quiet: None }).await?;
    scene.world.send(&scene.ada, scene.chat, "Under the clock").await?;
    let away =
        format!("UPDATE sessions SET last_seen_at = now() - interval '7 hours' WHERE user_id = '{}'", scene.ben.id);
    scene.world.execute(&away).await?;
    Ok(scene)
}

impl Scene {
    /// An hour later: who is due, then the mails. How many came so far.
    async fn hour(&self) -> Result<Vec<String>> {
        self.world.execute("SELECT graphile_worker.add_job('enqueue_digests')").await?;
        self.work().await?;
        self.world.mails(&self.ben.email)
    }
}

#[tokio::test]
async fn whoever_was_away_gets_a_mail_a_day_without_what_was_written() -> Result<()> {
    let scene = digested(false).await?;
    let cyd = scene.world.person("Cyd").await?;
    scene.world.float(&cyd, &scene.ben).await?;
    let mails = scene.hour().await?;
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0].contains("1 balloon and 1 chat wait for you") && mails[0].contains("Ada, 1 new message"),
        "{}",
        mails[0]
    );
    assert!(!mails[0].contains("clock") && !mails[0].contains("Cyd"), "{}", mails[0]);
    scene.world.send(&scene.ada, scene.chat, "Well?").await?;
    assert_eq!(scene.hour().await?.len(), 1, "once a day");
    scene.world.execute("UPDATE notification_settings SET digested_at = now() - interval '25 hours'").await?;
    assert_eq!(scene.hour().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_mail_says_what_was_written_to_whoever_wants_that() -> Result<()> {
    let scene = digested(true).await?;
    let mails = scene.hour().await?;
    assert!(mails.len() == 1 && mails[0].contains("    Under the clock"), "{mails:?}");
    Ok(())
}

#[tokio::test]
async fn there_is_no_mail_without_a_wish_a_reason_and_an_absence() -> Result<()> {
    let scene = digested(false).await?;
    let services = &scene.world.services;
    scene.set(NotificationSettings::default()).await?;
    assert_eq!(scene.hour().await?, [""; 0], "off by default");
    scene
        .set(NotificationSettings { digest: true, quiet: Some(quiet(true)), ..NotificationSettings::default() })
        .await?;
    assert_eq!(scene.hour().await?, [""; 0], "quiet");
    scene.set(NotificationSettings { digest: true, ..NotificationSettings::default() }).await?;
    mute(services, scene.ben.viewer, scene.chat, Mute { muted: true }).await?;
    assert_eq!(scene.hour().await?, [""; 0], "muted");
    mute(services, scene.ben.viewer, scene.chat, Mute { muted: false }).await?;
    scene.world.execute("UPDATE sessions SET last_seen_at = now()").await?;
    assert_eq!(scene.hour().await?, [""; 0], "not away");
    scene.world.execute("UPDATE sessions SET last_seen_at = now() - interval '1 day'").await?;
    mark_here(services, &[scene.ben.id]).await?;
    assert_eq!(scene.hour().await?, [""; 0], "there all the time, with a page open");
    scene.world.execute("UPDATE notification_settings SET digested_at = NULL").await?;
    mark_read(services, scene.ben.viewer, scene.chat, MarkRead { seq: 2 }).await?;
    assert_eq!(scene.hour().await?, [""; 0], "nothing waits");
    Ok(())
}

#[tokio::test]
async fn one_press_ends_them_and_nobody_elses() -> Result<()> {
    let scene = digested(false).await?;
    let services = &scene.world.services;
    let mail = scene.hour().await?.remove(0);
    let token = mail.split("/unsubscribe/").nth(1).and_then(|rest| rest.split(['>', '\r']).next()).context("a link")?;
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    assert_eq!(refused(end_digest(services, &token.replace(&token[..4], "AAAA")).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(may_end_digest(services, "x")), Some(ErrorCode::NotFound));
    assert!(get(services, scene.ben.viewer).await?.settings.digest);
    may_end_digest(services, token)?;
    end_digest(services, token).await?;
    assert!(!get(services, scene.ben.viewer).await?.settings.digest);
    Ok(())
}
