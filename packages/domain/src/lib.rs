//! The use cases: authorise, transact, then tell. The only place where a rule lives.
//!
//! Every use case is a function of [`Services`] and, where somebody has to be signed in, of the [`Viewer`] who asks.
//! The doors (`apps/api`, `apps/web`) extract, call and wrap.

pub mod auth;
pub mod balloon;
pub mod chat;
pub mod config;
pub mod demo;
pub mod error;
pub mod fault;
pub mod group;
pub mod idempotency;
pub mod job;
pub mod leaving;
pub mod limits;
pub mod metrics;
pub mod notification;
pub mod page_view;
pub mod people;
pub mod photo;
mod present;
pub mod privacy;
pub mod profile;
pub mod realtime;
pub mod replica;
pub mod safety;
mod services;
pub mod staff;
pub mod switch;
pub mod telemetry;

pub use auth::{Client, Viewer};
pub use balloond_database::pooler;
pub use config::Config;
pub use error::{Error, Result};
pub use services::Services;
pub use staff::Staff;
