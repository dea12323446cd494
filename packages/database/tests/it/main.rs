//! The queries on a real Postgres.

mod constraints;
mod migrations;
mod plans;
mod keysets;
