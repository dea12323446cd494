//! The API over HTTP and sockets, as it runs in production, on real services: one file a resource.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod app;
mod auth;
mod balloons;
mod chats;
mod client;
mod cors;
mod faults;
mod groups;
mod health;
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
mod realtime;
mod safety;
mod sessions;
mod socket;
mod spec;
mod users;
