//! The specification that the binary serves.

use std::collections::BTreeSet;

use anyhow::Result;
use reqwest::Method;
use serde_json::Value;

use crate::app::TestApp;

/// All there is to call.
const ROUTES: &[&str] = &[
    "DELETE /api/v1/balloons/{id}",
    "DELETE /api/v1/blocks/{id}",
    "DELETE /api/v1/chats/{id}/messages/{message}",
    "DELETE /api/v1/chats/{id}/messages/{message}/reactions/{emoji}",
    "DELETE /api/v1/me/photos/{id}",
    "DELETE /api/v1/me",
    "GET /api/v1/erasures/{id}",
    "GET /api/v1/me/export",
    "POST /api/v1/me/export",
    "DELETE /api/v1/me/sessions",
    "POST /api/v1/auth/passkey/begin",
    "POST /api/v1/auth/passkey",
    "GET /api/v1/me/passkeys",
    "POST /api/v1/me/passkeys/begin",
    "POST /api/v1/me/passkeys",
    "DELETE /api/v1/me/passkeys/{id}",
    "GET /api/v1/me/tokens",
    "POST /api/v1/me/tokens",
    "DELETE /api/v1/me/tokens/{id}",
    "DELETE /api/v1/me/sessions/{id}",
    "DELETE /api/v1/chats/{id}/members/{user}",
    "PATCH /api/v1/chats/{id}",
    "POST /api/v1/chats",
    "POST /api/v1/chats/{id}/invitations",
    "PUT /api/v1/chats/{id}/members/{user}",
    "GET /api/asyncapi.json",
    "GET /api/openapi.json",
    "GET /api/v1/balloons",
    "GET /api/v1/blocks",
    "GET /api/v1/chats",
    "GET /api/v1/chats/{id}",
    "GET /api/v1/chats/{id}/messages",
    "GET /api/v1/chats/{id}/messages/{message}/photo/{size}",
    "POST /api/v1/chats/{id}/photos",
    "PUT /api/v1/chats/{id}/photo",
    "DELETE /api/v1/chats/{id}/photo",
    "GET /api/v1/chats/{id}/photo/{size}",
    "GET /api/v1/me",
    "GET /api/v1/me/privacy",
    "PATCH /api/v1/me/privacy",
    "GET /api/v1/me/badges",
    "GET /api/v1/me/notifications",
    "PUT /api/v1/me/notifications",
    "POST /api/v1/me/push",
    "DELETE /api/v1/me/push",
    "GET /api/v1/me/safety",
    "GET /api/v1/me/sessions",
    "GET /api/v1/reports",
    "GET /api/v1/reports/{id}",
    "GET /api/v1/people",
    "GET /api/v1/realtime",
    "GET /api/v1/users/{id}",
    "GET /api/v1/search",
    "GET /healthz",
    "GET /readyz",
    "PATCH /api/v1/chats/{id}/messages/{message}",
    "PATCH /api/v1/me",
    "PATCH /api/v1/me/safety",
    "POST /api/v1/auth/forgot",
    "POST /api/v1/auth/second-step",
    "GET /api/v1/me/second-step",
    "POST /api/v1/me/second-step",
    "DELETE /api/v1/me/second-step",
    "POST /api/v1/me/second-step/confirm",
    "POST /api/v1/me/second-step/recovery-codes",
    "POST /api/v1/auth/reset",
    "POST /api/v1/me/verify",
    "POST /api/v1/me/verify/resend",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/register",
    "POST /api/v1/balloons",
    "POST /api/v1/balloons/{id}/catch",
    "POST /api/v1/balloons/{id}/pop",
    "POST /api/v1/blocks",
    "POST /api/v1/chats/{id}/messages",
    "POST /api/v1/jobs/drain",
    "POST /api/v1/me/password",
    "POST /api/v1/reports",
    "POST /api/v1/me/photos",
    "PUT /api/v1/chats/{id}/messages/{message}/reactions/{emoji}",
    "PUT /api/v1/chats/{id}/mute",
    "PUT /api/v1/chats/{id}/read",
    "PUT /api/v1/me/photos/order",
    "GET /api/v1/me/record",
    "GET /api/v1/admin/audit",
    "GET /api/v1/admin/jobs",
    "POST /api/v1/admin/jobs/retry",
    "GET /api/v1/admin/switches",
    "PUT /api/v1/admin/switches/{id}",
    "GET /api/v1/admin/people",
    "GET /api/v1/admin/people/{id}",
    "POST /api/v1/admin/people/{id}/suspend",
    "POST /api/v1/admin/people/{id}/lift",
    "POST /api/v1/admin/people/{id}/end-sessions",
    "DELETE /api/v1/admin/people/{id}",
    "GET /api/v1/admin/reports",
    "GET /api/v1/admin/reports/{id}",
    "POST /api/v1/admin/reports/{id}/take",
    "POST /api/v1/admin/reports/{id}/close",
    "GET /api/v1/admin/appeals",
    "POST /api/v1/admin/appeals/{id}/decide",
    "GET /api/v1/me/suspension",
    "POST /api/v1/me/suspension/appeal",
    "GET /api/docs/",
];

/// The routes that the specification describes.
pub async fn described(app: &TestApp) -> Result<BTreeSet<String>> {
    let spec: Value = app.anonymous().fetch("/api/openapi.json").await?.is(200)?.json()?;
    assert_eq!(spec["openapi"], "3.1.0");
    let mut routes = BTreeSet::new();
    for (path, item) in spec["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flat_map(|item| item.keys()).filter(|key| *key != "parameters") {
            routes.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    Ok(routes)
}

fn split(route: &str) -> Result<(Method, &str)> {
    let (method, path) = route.split_once(' ').unwrap_or_default();
    Ok((method.parse()?, path))
}

#[tokio::test]
async fn it_lists_every_route_and_every_route_is_there() -> Result<()> {
    let app = TestApp::start().await?;
    let mut described = described(&app).await?;
    described.insert("GET /api/docs/".to_owned());
    assert_eq!(described, ROUTES.iter().map(|route| (*route).to_owned()).collect());
    for route in ROUTES {
        let (method, path) = split(route)?;
        let status = app.anonymous().request(method, &path.replace("{id}", "7"), "").await?.status.as_u16();
        assert!(
            !path.contains("/v1/")
                || [400, 401, 415].contains(&status)
                || path.contains("/erasures/")
                || (path.contains("/admin/") && status == 404)
                || path.ends_with("/auth/passkey/begin"),
            "{route}: {status}"
        );
        assert!(path.contains("/v1/") || status == 200, "{route}: {status}");
    }
    Ok(())
}

#[tokio::test]
async fn the_page_that_shows_it_loads_nothing_from_elsewhere() -> Result<()> {
    let app = TestApp::start().await?;
    let page = app.anonymous().fetch("/api/docs/").await?.is(200)?;
    assert!(page.text_of("content-type").starts_with("text/html"));
    assert!(page.text_of("content-security-policy").contains("default-src 'self'"));
    assert!(!page.text().contains("https://") && !page.text().contains("src=\"//"), "{}", page.text());
    Ok(())
}

#[tokio::test]
async fn no_route_lets_a_password_hash_out() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben, chat) = app.chat().await?;
    let cyd = app.person("Cyd").await?;
    let balloon = app.world.float(&cyd.person, &ada.person).await?.id;
    let hashes = app.world.value("SELECT string_agg(password_hash, ' ') AS value FROM users").await?;
    assert_eq!(hashes.split(' ').count(), 3);
    for route in described(&app).await?.iter().filter(|route| {
        !route.ends_with("/auth/logout") && !route.contains("/me/sessions") && !route.contains("/me/tokens")
    }) {
        let (method, path) = split(route)?;
        for id in [ben.id.to_string(), chat.to_string(), balloon.to_string()] {
            let answer = ada
                .header("content-type", "application/json")
                .request(method.clone(), &path.replace("{id}", &id), r#"{"seq": 1, "bio": "x"}"#)
                .await?;
            let text = answer.text();
            assert!(hashes.split(' ').all(|hash| !text.contains(hash)), "{route}");
            let is_spec = path == "/api/openapi.json";
            assert!(is_spec || (!text.contains("argon2") && !text.contains("password_hash")), "{route}: {text}");
        }
    }
    Ok(())
}
