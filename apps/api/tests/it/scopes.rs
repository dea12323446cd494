//! Tokens for programs: every route against a token that may use it, one that may not, and what becomes of either.

use anyhow::{Context, Result};
use balloond_shared::{
    ErrorCode, SessionId,
    api_token::{ApiToken, NewApiToken, Scope},
};
use balloond_testing::PASSWORD;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    client::{Client, User},
    roles::{ROWS, Scene},
};

/// What a route asks of a token, as people are told; those that are not here take none.
const TAKEN: &[(&str, &str)] = &[
    ("DELETE /api/v1/balloons/{sent}", "balloons"),
    ("DELETE /api/v1/blocks/{user}", "safety"),
    ("DELETE /api/v1/chats/{chat}/members/{member}", "chats:write"),
    ("DELETE /api/v1/chats/{chat}/messages/{message}", "chats:write"),
    ("DELETE /api/v1/chats/{chat}/messages/{message}/reactions/{emoji}", "chats:write"),
    ("DELETE /api/v1/chats/{chat}/photo", "chats:write"),
    ("DELETE /api/v1/me/photos/{photo}", "profile:write"),
    ("GET /api/v1/balloons", "balloons"),
    ("GET /api/v1/blocks", "safety"),
    ("GET /api/v1/chats", "chats:read"),
    ("GET /api/v1/chats/{chat}", "chats:read"),
    ("GET /api/v1/chats/{chat}/messages", "chats:read"),
    ("GET /api/v1/chats/{chat}/messages/{picture}/photo/{size}", "chats:read"),
    ("GET /api/v1/chats/{chat}/photo/{size}", "chats:read"),
    ("GET /api/v1/me", "profile:read"),
    ("GET /api/v1/me/badges", "profile:read"),
    ("GET /api/v1/me/privacy", "safety"),
    ("GET /api/v1/me/safety", "safety"),
    ("GET /api/v1/people", "people:read"),
    ("GET /api/v1/realtime", "realtime"),
    ("GET /api/v1/reports", "safety"),
    ("GET /api/v1/reports/{report}", "safety"),
    ("GET /api/v1/search", "chats:read"),
    ("GET /api/v1/users/{user}", "people:read"),
    ("PATCH /api/v1/chats/{chat}", "chats:write"),
    ("PATCH /api/v1/chats/{chat}/messages/{message}", "chats:write"),
    ("PATCH /api/v1/me", "profile:write"),
    ("PATCH /api/v1/me/privacy", "safety"),
    ("PATCH /api/v1/me/safety", "safety"),
    ("POST /api/v1/balloons", "balloons"),
    ("POST /api/v1/balloons/{received}/catch", "balloons"),
    ("POST /api/v1/balloons/{received}/pop", "balloons"),
    ("POST /api/v1/blocks", "safety"),
    ("POST /api/v1/chats", "chats:write"),
    ("POST /api/v1/chats/{chat}/invitations", "chats:write"),
    ("POST /api/v1/chats/{chat}/messages", "chats:write"),
    ("POST /api/v1/chats/{chat}/photos", "chats:write"),
    ("POST /api/v1/me/photos", "profile:write"),
    ("POST /api/v1/reports", "safety"),
    ("PUT /api/v1/chats/{chat}/members/{member}", "chats:write"),
    ("PUT /api/v1/chats/{chat}/messages/{message}/reactions/{emoji}", "chats:write"),
    ("PUT /api/v1/chats/{chat}/mute", "chats:write"),
    ("PUT /api/v1/chats/{chat}/photo", "chats:write"),
    ("PUT /api/v1/chats/{chat}/read", "chats:write"),
    ("PUT /api/v1/me/photos/order", "profile:write"),
];

/// Not of anybody signed in: another token is meant, or a role.
fn is_for_others(route: &str) -> bool {
    ["GET /api/v1/erasures/{nothing}", "POST /api/v1/jobs/drain"].contains(&route) || route.contains("/admin/")
}

async fn make(who: &User, scopes: &[Scope], days: i64) -> Result<NewApiToken> {
    let request = json!({ "name": "Bot", "scopes": scopes, "days": days, "password": PASSWORD });
    who.post("/me/tokens", &request).await?.is(201)?.json()
}

/// The client of somebody's program.
async fn program(app: &TestApp, who: &User, scopes: &[Scope]) -> Result<Client> {
    Ok(app.anonymous().bearer(&make(who, scopes, 30).await?.token))
}

#[tokio::test]
async fn every_route_asks_a_token_for_its_scope_and_accounts_take_none() -> Result<()> {
    let app = TestApp::start().await?;
    let scene = Scene::new(&app).await?;
    let owner = scene.owner();
    let whole = program(&app, owner, &Scope::ALL).await?;
    let mut surprises = Vec::new();
    for (route, _) in ROWS.iter().filter(|(route, _)| !is_for_others(route)) {
        let taken = TAKEN.iter().find(|(known, _)| known == route).map(|(_, scope)| *scope);
        if let Some(scope) = taken {
            let scope = Scope::by_name(scope).context("a scope")?;
            let others: Vec<_> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
            let without = make(owner, &others, 30).await?;
            let code = scene.ask_as(&app.anonymous().bearer(&without.token), route).await?;
            owner.delete(&format!("/me/tokens/{}", without.about.id)).await?.is(204)?;
            if code.1 != "insufficient_scope" {
                surprises.push(format!("{route} without {}: {code:?}", scope.name()));
            }
        }
        // What comes of it otherwise is another test's.
        let (status, code) = scene.ask_as(&whole, route).await?;
        if taken.is_some() == (code == "insufficient_scope") || status == 401 {
            surprises.push(format!("{route} with all scopes: {status} {code}"));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let unknown: Vec<_> = TAKEN.iter().filter(|(route, _)| ROWS.iter().all(|(row, _)| row != route)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    Ok(())
}

#[tokio::test]
async fn one_scope_is_enough_for_its_routes_and_the_specification_says_so() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    let reader = program(&app, &ada, &[Scope::ProfileRead]).await?;
    reader.get("/me").await?.is(200)?;
    let refused = reader.patch("/me", &json!({ "bio": "x" })).await?;
    assert_eq!(refused.text_of("www-authenticate"), "Bearer error=\"insufficient_scope\"");
    refused.refused(ErrorCode::InsufficientScope)?;
    reader.get("/me/tokens").await?.refused(ErrorCode::InsufficientScope)?;
    reader.act("/auth/logout").await?.refused(ErrorCode::InsufficientScope)?;
    let spec: Value = app.anonymous().fetch("/api/openapi.json").await?.json()?;
    let security = |route: &str| spec["paths"][route]["get"]["security"].clone();
    assert_eq!(security("/api/v1/me"), json!([{ "token": [] }, { "cookie": [] }, { "api_token": ["profile:read"] }]));
    assert_eq!(security("/api/v1/me/tokens"), json!([{ "token": [] }, { "cookie": [] }]));
    Ok(())
}

#[tokio::test]
async fn ending_a_token_closes_its_sockets_on_every_process() -> Result<()> {
    let app = TestApp::start().await?;
    let other = app.another().await?;
    let (ada, ben, chat) = app.chat().await?;
    let (made, kept) = (make(&ada, &[Scope::Realtime], 30).await?, make(&ada, &[Scope::Realtime], 30).await?);
    let mut sockets = [
        app.anonymous().bearer(&made.token).listen(chat).await?,
        other.anonymous().bearer(&made.token).listen(chat).await?,
    ];
    let mut listening = app.anonymous().bearer(&kept.token).listen(chat).await?;
    ada.delete(&format!("/me/tokens/{}", made.about.id)).await?.is(204)?;
    for socket in &mut sockets {
        assert_eq!(socket.closed().await?, 4401);
    }
    for process in [&app, &other] {
        process.anonymous().bearer(&made.token).get("/me").await?.refused(ErrorCode::Unauthenticated)?;
    }
    let message = app.world.send(&ben.person, chat, "Still there?").await?;
    assert_eq!(listening.message().await?, message, "another token of hers goes on");
    let listed: Vec<ApiToken> = ada.get("/me/tokens").await?.is(200)?.json()?;
    assert_eq!(listed.iter().map(|token| token.id).collect::<Vec<_>>(), [kept.about.id]);
    ada.post("/me/password", &json!({ "current_password": PASSWORD, "password": "another horse" })).await?.is(204)?;
    assert_eq!(listening.closed().await?, 4401, "a new password ends them all");
    Ok(())
}

#[tokio::test]
async fn a_socket_ends_with_the_time_of_its_token() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, _, chat) = app.chat().await?;
    let made = make(&ada, &[Scope::Realtime], 1).await?;
    app.world.execute("UPDATE api_tokens SET expires_at = now() + interval '2 seconds'").await?;
    let mut socket = app.anonymous().bearer(&made.token).listen(chat).await?;
    assert_eq!(socket.closed().await?, 4401);
    app.anonymous().bearer(&made.token).get("/realtime").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

#[tokio::test]
async fn tokens_are_made_by_who_knows_the_password_and_are_nobody_elses_business() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let ask = |password: &str, scope: &str| json!({ "name": "Bot", "scopes": [scope], "password": password });
    assert_eq!(ada.post("/me/tokens", &ask("wrong", "balloons")).await?.invalid()?, ["password: wrong"]);
    assert_eq!(ada.post("/me/tokens", &ask(PASSWORD, "account")).await?.invalid()?, ["scopes[0]: malformed"]);
    let made = make(&ada, &[Scope::Balloons], 1).await?;
    ben.delete(&format!("/me/tokens/{}", made.about.id)).await?.refused(ErrorCode::NotFound)?;
    ada.delete(&format!("/me/tokens/{}", SessionId::new())).await?.refused(ErrorCode::NotFound)?;
    app.anonymous().get("/me/tokens").await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous().post("/me/tokens", &ask(PASSWORD, "balloons")).await?.refused(ErrorCode::Unauthenticated)?;
    app.anonymous()
        .browser(&format!("session={}", made.token))
        .get("/balloons")
        .await?
        .refused(ErrorCode::Unauthenticated)?;
    Ok(())
}
