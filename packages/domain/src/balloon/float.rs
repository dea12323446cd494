//! Floating a balloon.

use balloond_database::{AsyncConnection, AsyncPgConnection, balloon, balloon_call, safety::Ties, user};
use balloond_shared::{
    BalloonId, ErrorCode, Note, UserId,
    balloon::{DAILY_BUDGET, FloatBalloon, LIFETIME_DAYS, SentBalloon},
    event::ServerEvent,
    people::Person,
    safety::hides,
};
use chrono::{Duration, SubsecRound, Utc};

use super::{Standing, day_before, person, received_balloon, sent_balloon, standing_of};
use crate::{Error, Result, Services, Viewer, job, limits, realtime, safety, services::run_to_end};

/// Floats somebody a balloon. Refuses with `Unverified`, `AlreadyFloated`, `BalloonWaiting`, `AlreadyChatting`, `BudgetSpent`,
/// `Forbidden` (oneself), `NotFound`.
#[tracing::instrument(name = "balloon.float", level = "trace", skip_all)]
pub async fn float(services: &Services, viewer: Viewer, request: &FloatBalloon) -> Result<SentBalloon> {
    let (to, note) = (request.to, request.parse()?);
    if to == viewer.user {
        return Err(ErrorCode::Forbidden.into());
    }
    limits::check(services, &limits::FLOAT, &viewer.user.to_string()).await?;
    let services = services.clone();
    run_to_end(async move {
        let mut conn = services.database.primary().await?;
        let transaction = conn.transaction(async |conn| {
            // Both rows, in one order: a balloon in the other direction at the same moment waits for this one.
            let locked = user::lock(conn, &[viewer.user, to]).await?;
            let sender = locked.iter().find(|locked| locked.id == viewer.user).ok_or(ErrorCode::Unauthenticated)?;
            if sender.verified_at.is_none() {
                return Err(ErrorCode::Unverified.into());
            }
            if locked.len() < 2 {
                return Err(ErrorCode::NotFound.into());
            }
            let ties = authorise(conn, viewer.user, to).await?;
            let balloon = new_balloon(viewer.user, to, note, &ties.hidden_words);
            balloon::insert(conn, &balloon).await?;
            balloon_call::look(conn, &[balloon.id], job::CALL_RECEIVER).await?;
            let sender = person(&services, conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
            let receiver = person(&services, conn, to).await?.ok_or(ErrorCode::NotFound)?;
            Ok::<(balloon::Balloon, Person, Person), Error>((balloon, sender, receiver))
        });
        let (balloon, sender, receiver) = transaction.await?;
        drop(conn);
        let event = if balloon.state == balloon::PENDING {
            ServerEvent::Balloon { balloon: received_balloon(balloon.clone(), sender, None) }
        } else {
            // Of a balloon that was kept out nothing is seen there; telling it anyway takes the same time here.
            ServerEvent::BalloonGone { balloon: balloon.id }
        };
        realtime::tell_user(&services, to, &event).await;
        Ok(sent_balloon(balloon, receiver, None))
    })
    .await
}

async fn authorise(conn: &mut AsyncPgConnection, from: UserId, to: UserId) -> Result<Ties> {
    let now = Utc::now();
    let ties = safety::ties_of(conn, from, to, now).await?.ok_or(ErrorCode::NotFound)?;
    match standing_of(conn, from, to, now).await? {
        // Whoever floated one before is told that, and not what became of it: a block among others.
        Standing::Open | Standing::Chatting(_) if !safety::may_see(&ties) => return Err(ErrorCode::NotFound.into()),
        Standing::Open => {}
        Standing::Oneself => return Err(ErrorCode::Forbidden.into()),
        Standing::Floated => return Err(ErrorCode::AlreadyFloated.into()),
        Standing::Waiting(_) => return Err(ErrorCode::BalloonWaiting.into()),
        Standing::Chatting(_) => return Err(ErrorCode::AlreadyChatting.into()),
    }
    let spent = balloon::times_since(conn, from, day_before(now)).await?;
    match spent.first() {
        Some(first) if spent.len() as i64 >= DAILY_BUDGET => {
            let after = (*first - day_before(now)).to_std().unwrap_or_default();
            Err(Error::RefusedFor { code: ErrorCode::BudgetSpent, after })
        }
        _ => Ok(ties),
    }
}

/// A note with a word that its receiver hides is popped as it comes.
fn new_balloon(from: UserId, to: UserId, note: Note, hidden_words: &[String]) -> balloon::Balloon {
    // As finely as it is stored: what is answered now is what is listed later.
    let now = Utc::now().trunc_subsecs(6);
    let is_kept_out = hides(hidden_words, note.as_str());
    balloon::Balloon {
        id: BalloonId::new(),
        from_id: from,
        to_id: to,
        state: if is_kept_out { balloon::POPPED } else { balloon::PENDING }.to_owned(),
        answered_at: is_kept_out.then_some(now),
        note: note.into_string(),
        sent_at: now,
        expires_at: now + Duration::days(LIFETIME_DAYS),
        chat_id: None,
        group_id: None,
    }
}
