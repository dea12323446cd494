use anyhow::Result;
use balloond_shared::{
    BalloonId, ErrorCode, Page, UserId,
    balloon::{ReceivedBalloon, SentBalloon, SentState},
    chat::Chat,
};
use serde_json::{Value, json};

use crate::{app::TestApp, client::User};

fn to(user: UserId) -> Value {
    json!({ "to": user, "note": "Hello" })
}

async fn floated(from: &User, to: &User) -> Result<BalloonId> {
    Ok(from.post("/balloons", &self::to(to.id)).await?.is(201)?.json::<SentBalloon>()?.id)
}

#[tokio::test]
async fn a_balloon_is_floated_listed_and_caught() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let balloon: SentBalloon = ada.post("/balloons", &to(ben.id)).await?.is(201)?.json()?;
    assert_eq!(balloon.state, SentState::Floating);
    for path in ["/balloons", "/balloons?box=received"] {
        let page: Page<ReceivedBalloon> = ben.get(path).await?.is(200)?.json()?;
        assert_eq!((page.items.len(), page.items[0].id, page.items[0].from.id), (1, balloon.id, ada.id));
    }
    assert_eq!(
        ada.get("/balloons?box=sent").await?.is(200)?.json::<Page<SentBalloon>>()?.items,
        std::slice::from_ref(&balloon)
    );

    let chat: Chat = ben.act(&format!("/balloons/{}/catch", balloon.id)).await?.is(200)?.json()?;
    let again: Chat = ben.act(&format!("/balloons/{}/catch", balloon.id)).await?.is(200)?.json()?;
    assert_eq!((again.summary.id, again.summary.head), (chat.summary.id, 1));
    let sent: Page<SentBalloon> = ada.get("/balloons?box=sent").await?.is(200)?.json()?;
    assert_eq!((sent.items[0].state, sent.items[0].chat), (SentState::Caught, Some(chat.summary.id)));
    Ok(())
}

#[tokio::test]
async fn a_balloon_is_popped_or_withdrawn_without_a_trace() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let cyd = app.person("Cyd").await?;
    let (popped, withdrawn) = (floated(&ada, &ben).await?, floated(&ada, &cyd).await?);
    for _ in 0..2 {
        ben.act(&format!("/balloons/{popped}/pop")).await?.is(204)?;
        ada.delete(&format!("/balloons/{withdrawn}")).await?.is(204)?;
    }
    ben.act(&format!("/balloons/{popped}/catch")).await?.refused(ErrorCode::BalloonGone)?;
    cyd.act(&format!("/balloons/{withdrawn}/catch")).await?.refused(ErrorCode::NotFound)?;
    assert_eq!(ada.get("/balloons?box=sent").await?.json::<Page<SentBalloon>>()?.items.len(), 1);
    ada.delete(&format!("/balloons/{popped}")).await?.is(204)?;
    for person in [&ben, &cyd] {
        ada.post("/balloons", &to(person.id)).await?.refused(ErrorCode::AlreadyFloated)?;
        assert_eq!(person.get("/balloons").await?.json::<Page<ReceivedBalloon>>()?.items, []);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_allowed_has_a_code() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    ada.post("/balloons", &to(ada.id)).await?.refused(ErrorCode::Forbidden)?;
    ada.post("/balloons", &to(UserId::new())).await?.refused(ErrorCode::NotFound)?;
    assert_eq!(ada.post("/balloons", &json!({ "to": "me", "note": "Hi" })).await?.invalid()?, ["to: malformed"]);
    assert_eq!(ada.post("/balloons", &json!({ "to": ben.id })).await?.invalid()?, ["note: required"]);
    let long = json!({ "to": ben.id, "note": "x".repeat(281) });
    assert_eq!(ada.post("/balloons", &long).await?.invalid()?, ["note: too_long"]);
    let balloon = floated(&ada, &ben).await?;
    ben.post("/balloons", &to(ada.id)).await?.refused(ErrorCode::BalloonWaiting)?;
    for path in ["catch", "pop"] {
        ada.act(&format!("/balloons/{balloon}/{path}")).await?.refused(ErrorCode::NotFound)?;
        ben.act(&format!("/balloons/{}/{path}", BalloonId::new())).await?.refused(ErrorCode::NotFound)?;
        ben.act(&format!("/balloons/7/{path}")).await?.refused(ErrorCode::NotFound)?;
    }
    ben.delete(&format!("/balloons/{balloon}")).await?.refused(ErrorCode::NotFound)?;
    ben.act(&format!("/balloons/{balloon}/catch")).await?.is(200)?;
    ben.act(&format!("/balloons/{balloon}/pop")).await?.refused(ErrorCode::BalloonGone)?;
    ada.delete(&format!("/balloons/{balloon}")).await?.refused(ErrorCode::BalloonGone)?;
    ben.post("/balloons", &to(ada.id)).await?.refused(ErrorCode::AlreadyChatting)?;
    Ok(())
}

#[tokio::test]
async fn a_spent_budget_says_how_long_to_wait() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let people = app.world.crowd("Ben", 21).await?;
    for person in &people[..20] {
        app.world.float(&ada.person, person).await?;
    }
    let answer = ada.post("/balloons", &to(people[20].id)).await?;
    let wait: u64 = answer.text_of("retry-after").parse()?;
    assert!((23 * 3600..=24 * 3600).contains(&wait), "{wait}");
    assert_eq!(answer.refused(ErrorCode::BudgetSpent)?.retry_after, Some(wait));
    Ok(())
}

#[tokio::test]
async fn a_list_is_of_one_of_two_boxes() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    ada.get("/balloons?box=lost").await?.refused(ErrorCode::Malformed)?;
    ada.get("/balloons?limit=x").await?.refused(ErrorCode::Malformed)?;
    assert_eq!(ada.get("/balloons?box=sent&cursor=x").await?.invalid()?, ["cursor: malformed"]);
    app.anonymous().get("/balloons").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().post("/balloons", &to(ada.id)).await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
