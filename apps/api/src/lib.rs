//! The JSON API and its sockets. Routes translate, `balloond_domain` decides.

mod app;
mod application;
mod cookies;
mod extract;
mod idempotency;
mod origin;
mod problem;
mod rates;
mod realtime;
mod refusal;
mod routes;
mod scopes;
mod settings;
mod writes;

pub use application::{Application, StopHandle, bind_metrics};
use refusal::Refusal;
pub use routes::{asyncapi, openapi};
