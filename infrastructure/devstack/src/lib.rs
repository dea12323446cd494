//! The local stack: private PostgreSQL, Redis and S3 services, the two apps on top of them, and the watcher that rebuilds
//! them. `just dev`, the tests and CI all start what they need through this crate.

pub mod apps;
pub mod binaries;
pub mod dev;
pub mod exec;
pub mod objects;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod redis;
pub mod replica;
pub mod report;
pub mod services;
pub mod settings;
pub mod signals;
pub mod tether;
pub mod watch;
pub mod workspace;
