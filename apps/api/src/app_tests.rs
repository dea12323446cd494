//! The door by itself: nothing that it leads to is there.

use std::sync::Arc;

use actix_web::{
    http::Method,
    test::{TestRequest, call_service, init_service, read_body_json},
};
use balloond_domain::Config;
use balloond_shared::ApiError;
use serde_json::Value;

use super::*;
use crate::realtime::Feed;

const WEB: &str = "http://localhost:3000";
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn shared() -> Shared {
    let config = Config::read(|name| {
        let value = match name {
            "DATABASE_URL" => "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable",
            "REDIS_URL" => "redis://127.0.0.1:1",
            "S3_ENDPOINT" => "http://127.0.0.1:1",
            "S3_BUCKET" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY" => "nothing",
            "TOKEN_KEYS" => return Some(format!("test:{KEY}")),
            "SEALING_KEYS" => return Some(format!("test:{KEY}")),
            "REFRESH_KEY" => KEY,
            _ => return None,
        };
        Some(value.to_owned())
    });
    let config = config.unwrap();
    Shared {
        services: web::Data::new(Services::new(&config).unwrap()),
        settings: web::Data::new(Settings::new(&config)),
        spec: web::Data::new(routes::Spec::default()),
        drain: web::Data::new(routes::Drain::new(&config)),
    }
}

/// Calls a fresh application.
async fn call(request: TestRequest) -> ServiceResponse<impl MessageBody> {
    let shared = shared();
    let hub = Hub::start(shared.services.clone(), Arc::new(Feed::default()));
    let app = init_service(app(shared, hub)).await;
    call_service(&app, request.to_request()).await
}

async fn refusal(request: TestRequest) -> ApiError {
    let answer = call(request).await;
    assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), "application/problem+json");
    let status = answer.status().as_u16();
    let error: ApiError = read_body_json(answer).await;
    assert_eq!((error.status, error.kind.as_str()), (status, "about:blank"));
    error
}

/// Every operation of the specification that is there for everybody, with an id in the place of each parameter.
async fn operations() -> Vec<(Method, String)> {
    let spec: Value = read_body_json(call(TestRequest::get().uri("/api/openapi.json")).await).await;
    let mut operations = Vec::new();
    for (path, item) in spec["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.contains("/admin/")) {
        for method in item.as_object().unwrap().keys() {
            let path = path.replace("{id}", "0198c5a0-0000-7000-8000-000000000000");
            operations.push((method.to_uppercase().parse().unwrap(), path));
        }
    }
    operations
}

#[actix_web::test]
async fn every_route_of_the_specification_is_there() {
    let operations = operations().await;
    assert!(operations.len() > 20);
    for (method, path) in operations {
        let status = call(TestRequest::with_uri(&path).method(method.clone())).await.status().as_u16();
        assert!(![404, 405, 500].contains(&status), "{method} {path}: {status}");
    }
}

#[actix_web::test]
async fn every_other_method_is_refused_with_those_that_are_taken() {
    for (_, path) in operations().await {
        let answer = call(TestRequest::with_uri(&path).method(Method::TRACE)).await;
        assert_eq!(answer.status(), 405, "{path}");
        assert!(!answer.headers().get(header::ALLOW).unwrap().is_empty());
    }
}

#[actix_web::test]
async fn every_refusal_is_a_problem() {
    assert_eq!(refusal(TestRequest::get().uri("/nowhere")).await.status, 404);
    assert_eq!(refusal(TestRequest::delete().uri("/api/v1/chats")).await.status, 405);
    assert_eq!(refusal(TestRequest::get().uri("/api/v1/me")).await.status, 401);
    assert_eq!(refusal(TestRequest::get().uri("/api/v1/chats/%FF%00")).await.status, 401);
    let json = || TestRequest::post().uri("/api/v1/auth/login").insert_header(header::ContentType::json());
    assert_eq!(refusal(json().set_payload("{")).await.status, 400);
    assert_eq!(refusal(json().set_payload("{}")).await.status, 422);
    assert_eq!(refusal(json().set_payload(vec![b' '; 70_000])).await.status, 413);
    assert_eq!(refusal(TestRequest::post().uri("/api/v1/auth/login").set_payload("email=a")).await.status, 415);
    assert_eq!(
        refusal(TestRequest::get().uri("/api/v1/realtime").insert_header((header::UPGRADE, "websocket"))).await.status,
        401
    );
}

#[actix_web::test]
async fn with_postgres_away_it_is_alive_but_not_ready() {
    assert_eq!(call(TestRequest::get().uri("/healthz")).await.status(), 200);
    let answer = call(TestRequest::get().uri("/readyz")).await;
    assert_eq!(answer.status(), 503);
    let body: Value = read_body_json(answer).await;
    assert_eq!(body["postgres"], false);
}

#[actix_web::test]
async fn cors_is_open_to_the_web_alone() {
    let ask = |origin: &'static str| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/api/v1/me")
            .insert_header((header::ORIGIN, origin))
            .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH"))
            .insert_header((header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,if-match"))
    };
    let ours = call(ask(WEB)).await;
    assert_eq!(ours.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(), WEB);
    assert_eq!(ours.headers().get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).unwrap(), "true");
    assert!(ours.headers().contains_key(header::ACCESS_CONTROL_MAX_AGE));
    let foreign = call(ask("https://evil.example")).await;
    assert!(!foreign.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[actix_web::test]
async fn a_foreign_page_and_a_bare_cookie_change_nothing() {
    let log_out = || TestRequest::post().uri("/api/v1/auth/logout");
    assert_eq!(refusal(log_out().insert_header((header::ORIGIN, "https://evil.example"))).await.status, 403);
    assert_eq!(refusal(log_out().insert_header((header::COOKIE, "session=x"))).await.status, 403);
    assert_eq!(refusal(log_out().insert_header(("sec-fetch-site", "cross-site"))).await.status, 403);
    assert_eq!(refusal(log_out()).await.status, 401);
    let socket = || {
        TestRequest::get()
            .uri("/api/v1/realtime")
            .insert_header((header::CONNECTION, "upgrade"))
            .insert_header((header::UPGRADE, "websocket"))
    };
    assert_eq!(refusal(socket().insert_header((header::ORIGIN, "https://evil.example"))).await.status, 403);
    assert_eq!(refusal(socket().insert_header((header::COOKIE, "session=x"))).await.status, 403);
    assert_eq!(refusal(socket()).await.status, 401);
}

#[actix_web::test]
async fn answers_are_named_private_and_not_sniffed() {
    let answer = call(TestRequest::get().uri("/api/v1/me").insert_header(("x-request-id", "edge-0123456789"))).await;
    let value = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(value("x-request-id"), "edge-0123456789");
    assert_eq!(value("cache-control"), "no-store");
    assert_eq!(value("x-content-type-options"), "nosniff");
}

#[actix_web::test]
async fn head_is_get() {
    assert_eq!(call(TestRequest::default().method(Method::HEAD).uri("/healthz")).await.status(), 200);
}

#[actix_web::test]
async fn the_docs_page_comes_from_the_binary() {
    let answer = call(TestRequest::get().uri("/api/docs/")).await;
    assert_eq!(answer.status(), 200);
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'"), "{policy}");
}
