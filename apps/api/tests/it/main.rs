//! The API over HTTP and sockets, as it runs in production, on real services: one file a resource.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod admin;
mod app;
mod auth;
mod balloons;
mod bounds;
mod chat_photos;
mod chats;
mod client;
mod cors;
mod documentation;
mod faults;
mod frames;
mod groups;
mod health;
mod idempotency;
mod jobs;
mod leaving;
mod me;
mod messages;
mod metrics;
mod origins;
mod people;
mod photos;
mod privacy;
mod problems;
mod rates;
mod realtime;
mod roles;
mod safety;
mod scopes;
mod sessions;
mod socket;
mod spec;
mod users;
mod walk;
