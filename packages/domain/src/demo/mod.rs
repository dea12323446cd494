//! People, photos and chats to look at while developing: all made up, drawn and written here. Everything goes the way that
//! real people's things go, through the use cases.

mod canvas;
mod clothes;
mod conversations;
mod hair;
mod people;
mod portrait;
mod scene;

use std::collections::HashMap;

use balloond_database::{AsyncConnection, QueryError, account, chat as chats, demo, photo as photos, user};
use balloond_shared::{
    ChatId, ClientId, ErrorCode, SessionId, UserId,
    balloon::{FloatBalloon, LIFETIME_DAYS},
    chat::{MarkRead, SendMessage},
};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Config, Error, Result, Services, Viewer, balloon, chat, photo};
use canvas::Canvas;
use conversations::{BALLOONS, CHATS, DemoBalloon, DemoChat};
use people::{DemoPerson, PEOPLE};

/// Whom to sign in as: somebody with chats, and with balloons waiting.
pub const EMAIL: &str = "ada@balloond.example";
/// The password of everybody in the demo.
pub const PASSWORD: &str = "hot air balloon";

/// Pixels across of a drawn photo.
const PHOTO_WIDTH: u32 = 800;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Everybody knows the password of the demo's people.
    #[error("the demo belongs on a database of this machine; this one is elsewhere")]
    NotLocal,
    #[error("the demo could not be made: {0}")]
    Failed(#[from] Error),
}

/// Makes the demo's people, photos, balloons and chats, as far as they are not there yet; answers how many people are new.
/// Refuses a database that is not on this machine, unless `forced`.
///
/// # Errors
///
/// [`SeedError`]. What was made until then stays, and the next call goes on from there.
pub async fn seed(services: &Services, config: &Config, forced: bool) -> Result<usize, SeedError> {
    if !forced && !config.has_local_database() {
        return Err(SeedError::NotLocal);
    }
    let (people, new) = everybody(services).await?;
    for demo in CHATS {
        talk(services, &people, demo).await?;
    }
    for demo in BALLOONS {
        float(services, &people, demo).await?;
    }
    Ok(new)
}

type People = HashMap<&'static str, Viewer>;

async fn everybody(services: &Services) -> Result<(People, usize)> {
    let (mut people, mut new, mut hash) = (People::new(), 0, None);
    for person in PEOPLE {
        let known = find(services, person).await?;
        let user = match known {
            Some(user) => user,
            None => {
                if hash.is_none() {
                    hash = Some(services.passwords.hash(PASSWORD.to_owned()).await?);
                }
                new += 1;
                create(services, person, hash.as_deref().unwrap_or_default()).await?
            }
        };
        let viewer = Viewer { user, session: SessionId::new() };
        add_photos(services, viewer, person).await?;
        people.insert(person.name, viewer);
    }
    Ok((people, new))
}

async fn find(services: &Services, person: &DemoPerson) -> Result<Option<UserId>> {
    let mut conn = services.database.primary().await?;
    Ok(account::credentials(&mut conn, &person.email()).await?.map(|credentials| credentials.id))
}

async fn create(services: &Services, person: &DemoPerson, password_hash: &str) -> Result<UserId> {
    let (id, email) = (UserId::new(), person.email());
    let new = account::NewAccount {
        id,
        email: &email,
        password_hash,
        name: person.name,
        age: person.age,
        age_given_on: Utc::now().date_naive(),
        verified_at: Some(Utc::now()),
    };
    let change = user::Change {
        bio: Some(person.bio.to_owned()),
        interests: Some(person.interests.iter().map(|&interest| interest.to_owned()).collect()),
        ..user::Change::default()
    };
    let mut conn = services.database.primary().await?;
    conn.transaction::<_, QueryError, _>(async |conn| {
        account::create(conn, &new).await?;
        user::update(conn, id, change, None).await.map(drop)
    })
    .await?;
    Ok(id)
}

/// Whoever has a photo already has chosen it themselves.
async fn add_photos(services: &Services, viewer: Viewer, person: &'static DemoPerson) -> Result<()> {
    let count = photos::count(&mut *services.database.primary().await?, viewer.user).await?;
    if count > 0 {
        return Ok(());
    }
    // All are being drawn while the first is stored.
    let drawings: Vec<_> = (0..=person.scenes.len())
        .map(|index| tokio::task::spawn_blocking(move || draw(person, index, PHOTO_WIDTH)))
        .collect();
    for drawing in drawings {
        let file = drawing.await.map_err(Error::internal)?;
        photo::add(services, viewer, file.ok_or(ErrorCode::Internal)?.into()).await?;
    }
    Ok(())
}

/// A person's photo as a JPEG: the portrait first, then the scenes.
fn draw(person: &DemoPerson, index: usize, width: u32) -> Option<Vec<u8>> {
    let mut canvas = Canvas::new(width)?;
    match index.checked_sub(1) {
        None => portrait::draw(&mut canvas, &person.look),
        Some(index) => scene::draw(&mut canvas, person.scenes.get(index)?),
    }
    canvas.into_jpeg()
}

fn who(people: &People, name: &str) -> Result<Viewer> {
    people.get(name).copied().ok_or_else(|| ErrorCode::NotFound.into())
}

/// A balloon; nothing when there was one before.
async fn float(services: &Services, people: &People, demo: &DemoBalloon) -> Result<Option<balloond_shared::BalloonId>> {
    let (from, to) = (who(people, demo.from)?, who(people, demo.to)?);
    let request = FloatBalloon { to: to.user, note: demo.note.to_owned() };
    let sent = match balloon::float(services, from, &request).await {
        Ok(sent) => sent,
        Err(Error::Refused(_) | Error::RefusedFor { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let sent_at = Utc::now() - TimeDelta::hours(demo.hours_ago);
    let mut conn = services.database.primary().await?;
    demo::date_balloon(&mut conn, sent.id, sent_at, sent_at + TimeDelta::days(LIFETIME_DAYS)).await?;
    Ok(Some(sent.id))
}

/// A balloon, its catch, and what followed.
async fn talk(services: &Services, people: &People, demo: &DemoChat) -> Result<()> {
    let (from, to) = (who(people, demo.from)?, who(people, demo.to)?);
    let opening = DemoBalloon { from: demo.from, to: demo.to, note: demo.note, hours_ago: demo.hours_ago };
    let mut at = Utc::now() - TimeDelta::hours(demo.hours_ago);
    let chat = match float(services, people, &opening).await? {
        Some(balloon) => {
            let chat = balloon::catch(services, to, balloon).await?.summary.id;
            date(services, chat, 1, at).await?;
            chat
        }
        None => match chats::direct(&mut *services.database.primary().await?, from.user, to.user).await? {
            Some(chat) => chat,
            // Somebody popped it. So be it.
            None => return Ok(()),
        },
    };
    let mut last = None;
    for (index, &(name, minutes, body)) in demo.messages.iter().enumerate() {
        at += TimeDelta::minutes(minutes);
        let request = SendMessage { client_id: client_id(demo, index), body: body.to_owned(), reply_to: None };
        let sent = chat::send(services, who(people, name)?, chat, &request).await?;
        if !sent.repeated {
            date(services, chat, sent.message.seq, at).await?;
            last = Some((sent.message.seq, name));
        }
    }
    let Some((seq, author)) = last else { return Ok(()) };
    for (name, viewer) in [(demo.from, from), (demo.to, to)] {
        let seq = if name == author { seq } else { seq - demo.unread };
        chat::mark_read(services, viewer, chat, MarkRead { seq }).await?;
    }
    Ok(())
}

async fn date(services: &Services, chat: ChatId, seq: i64, at: DateTime<Utc>) -> Result<()> {
    let mut conn = services.database.primary().await?;
    demo::date_message(&mut conn, chat, seq, at.min(Utc::now())).await?;
    Ok(())
}

/// Always the same, so that nothing is said twice.
fn client_id(demo: &DemoChat, index: usize) -> ClientId {
    let digest = Sha256::digest(format!("{} {} {index}", demo.from, demo.to));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, value)| *byte = value);
    ClientId::from_uuid(Uuid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use balloond_shared::auth::Register;

    use super::*;

    #[test]
    fn everybody_could_have_registered_like_this() {
        for person in PEOPLE {
            let request = Register {
                email: person.email(),
                password: PASSWORD.to_owned(),
                name: person.name.to_owned(),
                age: person.age.into(),
            };
            assert!(request.parse().is_ok(), "{}", person.name);
            let profile = balloond_shared::profile::EditProfile {
                bio: Some(person.bio.to_owned()),
                interests: Some(person.interests.iter().map(|&interest| interest.to_owned()).collect()),
                ..Default::default()
            };
            assert!(profile.parse().is_ok(), "{}", person.name);
        }
        assert!(PEOPLE.iter().any(|person| person.email() == EMAIL));
    }

    #[test]
    fn what_is_said_fits_and_who_says_it_is_there() {
        let knows = |name: &str| PEOPLE.iter().any(|person| person.name == name);
        for DemoBalloon { from, to, note, .. } in BALLOONS {
            assert!(knows(from) && knows(to) && from != to && balloond_shared::Note::parse(note).is_ok(), "{note}");
        }
        for DemoChat { from, to, note, messages, unread, hours_ago } in CHATS {
            assert!(knows(from) && knows(to) && from != to && balloond_shared::Note::parse(note).is_ok(), "{note}");
            assert!(messages.iter().all(|(name, ..)| name == from || name == to));
            assert!(messages.iter().map(|(_, minutes, _)| minutes).sum::<i64>() < hours_ago * 60, "{note}");
            let last = messages.last().unwrap().0;
            assert!(messages.iter().rev().take(usize::try_from(*unread).unwrap()).all(|(name, ..)| *name == last));
        }
    }

    #[test]
    fn every_photo_can_be_drawn() {
        for person in PEOPLE {
            for index in 0..=person.scenes.len() {
                let file = draw(person, index, 160).unwrap();
                assert!(file.starts_with(&[0xff, 0xd8, 0xff]) && file.len() > 2_000, "{} {index}", person.name);
            }
        }
    }
}
