use balloond_traces::{TRACEPARENT, failed, trace_id, worked};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::{Instrument, field::Empty, info_span};

/// A job whose log lines name it, in the trace of what made it necessary.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Traced<J>(J);

impl<J: TaskHandler> TaskHandler for Traced<J> {
    const IDENTIFIER: &'static str = J::IDENTIFIER;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let parent = context.payload().get(TRACEPARENT).and_then(Value::as_str).and_then(|text| text.parse().ok());
        let traced = worked(J::IDENTIFIER, parent);
        let span = info_span!("job", task = J::IDENTIFIER, trace_id = Empty);
        if let Some(id) = trace_id(&traced) {
            span.record("trace_id", id);
        }
        let running = self.0.run(context).instrument(traced.clone()).instrument(span);
        let result = running.await.into_task_handler_result();
        if result.is_err() {
            failed(&traced);
        }
        result
    }
}

/// What a job is enqueued with, so that its trace goes on.
pub(super) fn with_trace(mut payload: Value) -> Value {
    if let (Some(payload), Some(trace)) = (payload.as_object_mut(), balloond_traces::current()) {
        payload.insert(TRACEPARENT.to_owned(), trace.to_string().into());
    }
    payload
}
