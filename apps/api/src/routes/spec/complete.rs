//! What the specification says of every operation alike, added to what each says of itself.

use std::collections::BTreeMap;

use actix_web::http::Method;
use balloond_shared::{ApiError, ErrorCode, api_token::Scope};
use serde_json::Value;
use utoipa::openapi::{
    Components, Content, OpenApi, Ref, RefOr, Required, Response,
    example::Example,
    path::{Operation, ParameterBuilder, ParameterIn},
    schema::{AnyOf, ObjectBuilder, Schema, Type},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::{cookies::CookieNames, idempotency::takes_keys, refusal::PROBLEM_JSON, scopes};

const IDEMPOTENCY_KEY: &str = "A name for this request, such as a UUID. Repeated within 24 hours, it is answered what it was \
                               answered first, and nothing is done twice.";

const API_TOKEN: &str = "A token that its owner made for a program, at `/me/tokens`, with the scope that stands here.";

pub(super) fn complete(api: &mut OpenApi) {
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(CookieNames::new(true).session()));
    let components = api.components.get_or_insert_with(Components::new);
    components.add_security_scheme("token", SecurityScheme::Http(token));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    let api_token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(API_TOKEN));
    components.add_security_scheme("api_token", SecurityScheme::Http(api_token.build()));
    // Either page, and an empty one is both.
    if let Some(RefOr::T(page @ Schema::OneOf(_))) = components.schemas.get_mut("BalloonPage")
        && let Schema::OneOf(either) = page
    {
        let items = std::mem::take(&mut either.items);
        let mut any = AnyOf::new();
        (any.items, any.description) = (items, either.description.take());
        *page = Schema::AnyOf(any);
    }
    for (pattern, item) in &mut api.paths.paths {
        if !pattern.starts_with("/api/v1") {
            continue;
        }
        let all = [
            (Method::GET, &mut item.get),
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in all {
            if let Some(operation) = operation {
                if is_signed(operation) {
                    take_api_tokens(operation, scopes::of(method.as_str(), pattern));
                }
                let takes_keys = method == Method::POST && is_signed(operation) && takes_keys(pattern);
                if takes_keys {
                    take_a_key(operation);
                }
                if pattern.starts_with("/api/v1/admin/") {
                    hide(operation);
                }
                refuse(&method, operation, takes_keys);
            }
        }
    }
}

/// Whether it takes a session: a token or a cookie.
fn is_signed(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|ways| ways.len() > 1)
}

/// Where no token of a program will do, none is named.
fn take_api_tokens(operation: &mut Operation, scope: Option<Scope>) {
    let ways = operation.security.get_or_insert_default();
    ways.extend(scope.map(|scope| SecurityRequirement::new("api_token", [scope.name()])));
}

/// Without a role, or a session, it is not there.
fn hide(operation: &mut Operation) {
    let hidden = Response::new("`not_found`: for whoever has no role, or is not signed in.");
    operation.responses.responses.entry("404".to_owned()).or_insert_with(|| RefOr::T(hidden));
    let lesser = Response::new("`forbidden`: for administrators alone.");
    operation.responses.responses.entry("403".to_owned()).or_insert_with(|| RefOr::T(lesser));
}

fn take_a_key(operation: &mut Operation) {
    let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    let header = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(IDEMPOTENCY_KEY))
        .schema(Some(key.pattern(Some("^[!-~]+$"))));
    operation.parameters.get_or_insert_default().push(header.build().into());
}

/// Describes the error answers that follow from what an operation takes, beside those it describes itself; all with examples.
fn refuse(method: &Method, operation: &mut Operation, takes_keys: bool) {
    for (status, reasons) in refusals(method, operation, takes_keys) {
        let answer = operation.responses.responses.entry(status.to_owned());
        if let RefOr::T(answer) = answer.or_insert_with(|| RefOr::T(Response::new(""))) {
            for (code, reason) in reasons {
                if !answer.description.contains(code) {
                    let joint = if answer.description.is_empty() { "" } else { " " };
                    answer.description.push_str(&format!("{joint}`{code}`: {reason}"));
                }
            }
        }
    }
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && status.starts_with(['4', '5'])
        {
            let mut problem = Content::new(Some(Ref::from_schema_name("ApiError")));
            problem.examples = codes(&answer.description).map(|(name, code)| (name, example(code).into())).collect();
            answer.content.insert(PROBLEM_JSON.to_owned(), problem.into());
        }
    }
}

type Reasons = Vec<(&'static str, &'static str)>;

fn refusals(method: &Method, operation: &Operation, takes_keys: bool) -> BTreeMap<&'static str, Reasons> {
    let mut refusals: BTreeMap<_, Reasons> = BTreeMap::from([
        ("500", vec![("internal", "a fault of ours.")]),
        ("503", vec![("unavailable", "wait for `Retry-After` seconds.")]),
    ]);
    let mut add = |status, code, reason| refusals.entry(status).or_default().push((code, reason));
    if operation.security.as_ref().is_some_and(|ways| !ways.is_empty()) {
        add("401", "unauthenticated", "not signed in, or no longer.");
        add(
            "403",
            "insufficient_scope",
            "asked with a program's token that has not the scope, or where a session is needed.",
        );
    }
    if method != Method::GET {
        add("403", "foreign_origin", "a browser asks for it from another site.");
    }
    if operation.request_body.is_some() {
        add("400", "malformed", "the body cannot be read.");
        add("413", "payload_too_large", "64 KiB of JSON or 10 MiB of photo are the most.");
        add("415", "unsupported_media_type", "not the kind of body that is described here.");
        add("422", "invalid", "see `errors`.");
    }
    if takes_keys {
        add("409", "key_in_use", "the first request with this `Idempotency-Key` is still at work.");
        add("413", "payload_too_large", "64 KiB of JSON or 10 MiB of photo are the most.");
        add("422", "invalid", "see `errors`.");
        add("422", "key_reused", "this `Idempotency-Key` belongs to another request.");
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => add("404", "not_found", "not there, or not yours to know."),
            ParameterIn::Query => {
                add("400", "malformed", "the query cannot be read.");
                add("422", "invalid", "see `errors`.");
            }
            _ => {}
        }
    }
    refusals
}

/// The codes that a description names.
fn codes(description: &str) -> impl Iterator<Item = (String, ErrorCode)> {
    description.split('`').filter_map(|word| {
        let code = serde_json::from_value(Value::String(word.to_owned())).ok()?;
        Some((word.to_owned(), code))
    })
}

fn example(code: ErrorCode) -> Example {
    let error = match code {
        ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::KeyInUse => ApiError::new(code).retry_after(2),
        _ => ApiError::new(code),
    };
    let mut example = Example::new();
    example.value = serde_json::to_value(error).ok();
    example
}
