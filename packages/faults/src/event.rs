//! A fault as Sentry's protocol has it: an envelope with one event.

use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use tracing::{
    Event,
    field::{Field, Visit},
};
use uuid::Uuid;

use crate::{Source, scrub};

/// What may be sent of what an error is logged with; everything else stays in the log.
const SENT: [&str; 15] = [
    "attempts", "cause", "code", "count", "error", "kind", "location", "method", "ms", "page", "panic", "route",
    "status", "task", "what",
];
const FRAMES: usize = 60;

/// The fields of what was logged.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    message: String,
    backtrace: String,
    others: Map<String, Value>,
}

impl Fields {
    pub(crate) fn of(event: &Event<'_>) -> Self {
        let mut fields = Self::default();
        event.record(&mut fields);
        fields
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message = scrub(value),
            "backtrace" => value.clone_into(&mut self.backtrace),
            name if SENT.contains(&name) => drop(self.others.insert(name.to_owned(), scrub(value).into())),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// The envelope's three lines.
pub(crate) fn envelope(source: &Source, event: &Event<'_>, request: Option<&str>, dropped: u64) -> String {
    let Fields { message, backtrace, others } = Fields::of(event);
    let id = Uuid::new_v4().simple().to_string();
    let target = event.metadata().target();
    let reason = ["cause", "error", "panic", "what"].iter().find_map(|name| others.get(*name)).and_then(Value::as_str);
    let mut exception = json!({ "type": message, "value": reason.unwrap_or(target), "module": target });
    let frames = frames(&backtrace);
    if let Some(object) = exception.as_object_mut().filter(|_| !frames.is_empty()) {
        object.insert("stacktrace".to_owned(), json!({ "frames": frames }));
    }
    let process = if target == "browser" { "browser" } else { source.process };
    let event = json!({
        "event_id": id,
        "timestamp": Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        "platform": if process == "browser" { "javascript" } else { "native" },
        "level": "error",
        "logger": target,
        "release": source.release,
        "environment": source.environment,
        "tags": { "process": process, "request_id": request.map(scrub_id) },
        "exception": { "values": [exception] },
        "extra": { "fields": others, "faults_not_sent": dropped },
    })
    .to_string();
    format!("{{\"event_id\":\"{id}\"}}\n{{\"type\":\"event\",\"length\":{}}}\n{event}\n", event.len())
}

/// A name that a client chose may hold anything; ours are UUIDs, and are needed to find the log's lines.
fn scrub_id(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(64).collect()
}

/// The names of functions, the outermost first, as Sentry wants them.
fn frames(backtrace: &str) -> Vec<Value> {
    let names = backtrace.lines().filter_map(|line| {
        let (number, name) = line.trim_start().split_once(": ")?;
        number.parse::<u32>().ok().map(|_| json!({ "function": name.trim() }))
    });
    let mut frames: Vec<Value> = names.take(FRAMES).collect();
    frames.reverse();
    frames
}
