//! The socket's protocol as AsyncAPI, from the shared types.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const PREFIX: &str = "#/components/schemas/";

/// The specification of what goes over the socket: AsyncAPI 3.0 with the schemas of `api` that the events are made of.
///
/// # Errors
///
/// When a schema cannot be encoded.
pub fn asyncapi(api: &OpenApi) -> Result<Value, serde_json::Error> {
    let all = serde_json::to_value(api.components.as_ref().map(|components| &components.schemas))?;
    let schemas = reachable(&all, ["ServerEvent", "ClientEvent"]);
    let message = |name: &str| json!({ "payload": { "$ref": format!("{PREFIX}{name}") } });
    let event = |name: &str| json!({ "$ref": format!("#/channels/realtime/messages/{name}") });
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Balloon'd: the socket",
            "version": api.info.version,
            "description": "What happens, as it happens: JSON texts, told apart by `type`. The socket only tells; whatever changes \
                            something goes over HTTP (`/api/openapi.json`).",
        },
        "defaultContentType": "application/json",
        "channels": {
            "realtime": {
                "address": "/api/v1/realtime",
                "description": "A WebSocket, opened with `Authorization: Bearer` (an access token, or a program's with the scope `realtime`) or, from the web app's origin, with the session's cookie.",
                "messages": { "ServerEvent": message("ServerEvent"), "ClientEvent": message("ClientEvent") },
            },
        },
        "operations": {
            "hear": { "action": "send", "channel": { "$ref": "#/channels/realtime" }, "messages": [event("ServerEvent")] },
            "ask": { "action": "receive", "channel": { "$ref": "#/channels/realtime" }, "messages": [event("ClientEvent")] },
        },
        "components": { "schemas": schemas },
    }))
}

/// The schemas that these are made of, themselves included.
fn reachable(all: &Value, roots: [&str; 2]) -> Map<String, Value> {
    let mut found = Map::new();
    let mut open: BTreeSet<String> = roots.into_iter().map(ToOwned::to_owned).collect();
    while let Some(name) = open.pop_first() {
        let Some(schema) = all.get(&name) else { continue };
        references(schema, &mut open);
        found.insert(name, schema.clone());
        open.retain(|name| !found.contains_key(name));
    }
    found
}

fn references(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(PREFIX));
            names.extend(reference.map(ToOwned::to_owned));
            fields.values().for_each(|field| references(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
