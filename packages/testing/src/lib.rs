//! For tests only: a database each, on the real services that the environment names, and people to act with.

mod authenticator;
mod authority;
pub mod database;
mod eventually;
mod passkey;
pub mod photo;
pub mod program;
mod push;
mod redis;
mod world;

pub use authenticator::totp;
pub use authority::Authority;
pub use eventually::{PATIENCE, eventually};
pub use passkey::{Device, USER_VERIFIED};
pub use program::Program;
pub use push::{Browser, PushReceiver, Pushed};
pub use redis::{RedisCluster, RedisServer};
pub use world::{PASSWORD, TestPerson, World, client};
