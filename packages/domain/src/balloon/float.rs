//! Floating a balloon.

use balloond_database::{AsyncConnection, AsyncPgConnection, balloon, user};
use balloond_shared::{
    BalloonId, ErrorCode, Note, UserId,
    balloon::{DAILY_BUDGET, FloatBalloon, LIFETIME_DAYS, SentBalloon},
    event::ServerEvent,
    people::Person,
};
use chrono::{Duration, SubsecRound, Utc};

use super::{Standing, day_before, person, received_balloon, sent_balloon, standing_of};
use crate::{Error, Result, Services, Viewer, limits, realtime, services::run_to_end};

/// Floats somebody a balloon. Refuses with `AlreadyFloated`, `BalloonWaiting`, `AlreadyChatting`, `BudgetSpent`, `Forbidden` (oneself),
/// `NotFound`.
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
            if user::lock(conn, &[viewer.user, to]).await?.len() < 2 {
                return Err(ErrorCode::NotFound.into());
            }
            authorise(conn, viewer.user, to).await?;
            let balloon = new_balloon(viewer.user, to, note);
            balloon::insert(conn, &balloon).await?;
            let sender = person(&services, conn, viewer.user).await?.ok_or(ErrorCode::NotFound)?;
            let receiver = person(&services, conn, to).await?.ok_or(ErrorCode::NotFound)?;
            Ok::<(balloon::Balloon, Person, Person), Error>((balloon, sender, receiver))
        });
        let (balloon, sender, receiver) = transaction.await?;
        drop(conn);
        let event = ServerEvent::Balloon { balloon: received_balloon(balloon.clone(), sender) };
        realtime::tell_user(&services, to, &event).await;
        Ok(sent_balloon(balloon, receiver))
    })
    .await
}

async fn authorise(conn: &mut AsyncPgConnection, from: UserId, to: UserId) -> Result<()> {
    let now = Utc::now();
    match standing_of(conn, from, to, now).await? {
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
        _ => Ok(()),
    }
}

fn new_balloon(from: UserId, to: UserId, note: Note) -> balloon::Balloon {
    // As finely as it is stored: what is answered now is what is listed later.
    let now = Utc::now().trunc_subsecs(6);
    balloon::Balloon {
        id: BalloonId::new(),
        from_id: from,
        to_id: to,
        note: note.into_string(),
        state: balloon::PENDING.to_owned(),
        sent_at: now,
        expires_at: now + Duration::days(LIFETIME_DAYS),
        chat_id: None,
    }
}
