//! What goes over the socket, held against its committed specification: every test that listens does so.

use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

const SPEC: &str = "https://balloond.invalid/asyncapi.json";

/// A text is what the specification says of a kind of event.
pub fn conforms(kind: &str, text: &str) -> Result<()> {
    static EVENTS: OnceLock<Result<Events, String>> = OnceLock::new();
    let events = EVENTS.get_or_init(|| Events::compile().map_err(|error| format!("{error:#}")));
    let events = events.as_ref().map_err(|error| anyhow!("{error}"))?;
    let schema = if kind == "ClientEvent" { events.client } else { events.server };
    let event: Value = serde_json::from_str(text).with_context(|| text.to_owned())?;
    events.schemas.validate(&event, schema).map_err(|error| anyhow!("{text} is no {kind}: {error:#}"))
}

struct Events {
    schemas: Schemas,
    server: SchemaIndex,
    client: SchemaIndex,
}

impl Events {
    fn compile() -> Result<Self> {
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        let spec = serde_json::from_str(include_str!("../../../../docs/asyncapi.json"))?;
        compiler.add_resource(SPEC, spec).map_err(|error| anyhow!("{error}"))?;
        let mut index = |kind| {
            let place = format!("{SPEC}#/components/schemas/{kind}");
            compiler.compile(&place, &mut schemas).map_err(|error| anyhow!("{error:#}"))
        };
        let (server, client) = (index("ServerEvent")?, index("ClientEvent")?);
        Ok(Self { schemas, server, client })
    }
}

#[test]
fn what_is_not_specified_is_told() {
    let chat = uuid::Uuid::now_v7();
    conforms("ServerEvent", &format!(r#"{{"type": "chat_opened", "chat": "{chat}"}}"#)).expect("it is specified");
    for wrong in [
        r#"{"type": "chat_opened"}"#.to_owned(),
        r#"{"type": "chat_opened", "chat": 7}"#.to_owned(),
        format!(r#"{{"type": "chat_eaten", "chat": "{chat}"}}"#),
        r#"["chat_opened"]"#.to_owned(),
    ] {
        conforms("ServerEvent", &wrong).expect_err(&wrong);
    }
}
