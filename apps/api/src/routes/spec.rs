//! The specification, made from the routes, and the page that shows it.

use std::sync::OnceLock;

use actix_web::{
    HttpResponse,
    dev::ResourceDef,
    get,
    http::{Method, header},
    middleware::DefaultHeaders,
    web,
};
use balloond_shared::{ApiError, event::ClientEvent, event::ServerEvent};
use bytes::Bytes;
use utoipa::{OpenApi, openapi::path::Operation};
use utoipa_swagger_ui::SwaggerUi;

pub use self::socket::asyncapi;
use super::{Admin, Process, V1};

mod complete;
mod socket;

#[derive(OpenApi)]
#[openapi(
    info(title = "Balloon'd", description = "Meeting by consent: float somebody a balloon; once it is caught, a chat is open.\n\nEvery error is `application/problem+json` (RFC 9457) with a stable `code`. Lists are pages `{items, next}`: pass `next` as `cursor`."),
    components(schemas(ApiError, ServerEvent, ClientEvent)),
    tags(
        (name = "auth", description = "Registering, signing in, staying so"),
        (name = "me", description = "One's own profile and photos"),
        (name = "people", description = "Others"),
        (name = "balloons", description = "Opening notes"),
        (name = "chats", description = "Chats and their messages"),
        (name = "safety", description = "What one keeps away"),
        (name = "groups", description = "Chats of several; joined by catching an invitation"),
        (name = "realtime", description = "What happens, as it happens"),
        (name = "admin", description = "Looking after the place; for those without a role there is nothing here (404)"),
        (name = "process", description = "This process"),
    ),
)]
struct Description;

/// The specification of the routes, complete.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut description = Description::openapi().nest("/api/v1", V1::openapi()).nest("/api/v1/admin", Admin::openapi());
    description.merge(Process::openapi());
    complete::complete(&mut description);
    description
}

/// The specifications, made when they are asked for first: that takes longer than all the rest of a start.
#[derive(Default)]
pub struct Spec(OnceLock<Encoded>);

/// Encoded once, and which methods each address takes.
#[derive(Default)]
struct Encoded {
    json: Bytes,
    socket: Bytes,
    routes: Vec<(ResourceDef, Vec<Method>)>,
}

impl Encoded {
    fn new() -> Result<Self, serde_json::Error> {
        let description = openapi();
        let socket = serde_json::to_vec(&asyncapi(&description)?)?.into();
        let routes = description.paths.paths.iter().map(|(pattern, item)| {
            let methods = operations(item).into_iter().map(|(method, _)| method);
            (ResourceDef::new(pattern.as_str()), methods.collect())
        });
        Ok(Self { json: serde_json::to_vec(&description)?.into(), socket, routes: routes.collect() })
    }
}

impl Spec {
    fn encoded(&self) -> &Encoded {
        self.0.get_or_init(|| {
            Encoded::new().unwrap_or_else(|error| {
                tracing::error!(%error, "the specification cannot be encoded");
                Encoded::default()
            })
        })
    }

    /// The methods that an address takes; none when there is nothing.
    pub fn methods_at(&self, path: &str) -> Vec<Method> {
        let mut methods: Vec<Method> = Vec::new();
        for (_, taken) in self.encoded().routes.iter().filter(|(pattern, _)| pattern.is_match(path)) {
            methods.extend_from_slice(taken);
        }
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        methods
    }
}

/// This specification.
#[utoipa::path(tag = "process", responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json")))]
#[get("/api/openapi.json")]
pub async fn specification(spec: web::Data<Spec>) -> HttpResponse {
    json(&spec.encoded().json)
}

/// The specification of what goes over the socket.
#[utoipa::path(tag = "process", responses((status = 200, description = "AsyncAPI 3.0.", content_type = "application/json")))]
#[get("/api/asyncapi.json")]
pub async fn socket_specification(spec: web::Data<Spec>) -> HttpResponse {
    json(&spec.encoded().socket)
}

fn json(encoded: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(encoded.clone())
}

/// The page, served from the binary; it loads nothing from elsewhere.
pub fn register_docs(config: &mut web::ServiceConfig) {
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let page =
        SwaggerUi::new("/{_:.*}").config(utoipa_swagger_ui::Config::from("/api/openapi.json").validator_url("none"));
    config.route(
        "/api/docs",
        web::get().to(async || HttpResponse::SeeOther().insert_header((header::LOCATION, "/api/docs/")).finish()),
    );
    config.service(
        web::scope("/api/docs")
            .wrap(DefaultHeaders::new().add((header::CONTENT_SECURITY_POLICY, policy)))
            .service(page),
    );
}

/// What a path takes, by method.
fn operations(item: &utoipa::openapi::PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scopes;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_how_it_answers() {
        let description = openapi();
        let mut names = std::collections::HashSet::new();
        assert_eq!(serde_json::to_value(&description).unwrap()["openapi"], "3.1.0");
        for (path, item) in &description.paths.paths {
            for (method, operation) in operations(item) {
                let statuses: Vec<_> = operation.responses.responses.keys().collect();
                assert!(statuses.iter().any(|status| status.starts_with(['1', '2'])), "{method} {path}: {statuses:?}");
                assert!(names.insert(&operation.operation_id), "{method} {path}: {:?}", operation.operation_id);
                assert!(
                    operation.summary.is_some() || operation.description.is_some(),
                    "{method} {path} has no summary"
                );
            }
        }
    }

    #[test]
    fn the_committed_files_are_what_the_code_says() {
        let description = openapi();
        let files = [
            (include_str!("../../../../docs/openapi.json"), serde_json::to_value(&description).unwrap()),
            (include_str!("../../../../docs/asyncapi.json"), asyncapi(&description).unwrap()),
        ];
        for (committed, said) in files {
            let committed: serde_json::Value = serde_json::from_str(committed).unwrap();
            assert!(committed == said, "run `just spec` and commit what it writes");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let description = openapi();
        for json in [serde_json::to_value(&description).unwrap(), asyncapi(&description).unwrap()] {
            let text = json.to_string();
            for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(json.pointer(reference).is_some(), "{reference}");
            }
        }
    }

    #[test]
    fn for_every_route_it_is_decided_what_a_token_needs() {
        for (path, item) in &openapi().paths.paths {
            for (method, operation) in operations(item) {
                let is_signed = operation.security.as_ref().is_some_and(|ways| ways.len() > 1);
                assert_eq!(is_signed, scopes::is_decided(method.as_str(), path), "{method} {path}: see scopes.rs");
            }
        }
    }

    #[test]
    fn an_address_knows_its_methods() {
        let spec = Spec::default();
        assert_eq!(spec.methods_at("/api/v1/me"), [Method::GET, Method::PATCH, Method::DELETE, Method::HEAD]);
        assert_eq!(spec.methods_at("/api/v1/balloons/7/catch"), [Method::POST]);
        assert_eq!(spec.methods_at("/healthz"), [Method::GET, Method::HEAD]);
        assert!(spec.methods_at("/api/v1/nothing").is_empty());
    }
}
