//! For tests only: a database each, on the real services that the environment names, and people to act with.

pub mod database;
pub mod photo;
mod world;

pub use world::{PASSWORD, TestPerson, World};
