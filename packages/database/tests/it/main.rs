//! The queries on a real Postgres.

mod constraints;
mod keysets;
mod migrations;
mod plans;
mod search;
