//! Postgres: schema, migrations, pool, and the queries. A query takes a connection, knows no HTTP and decides nothing.
//!
//! A query that takes a shared connection may be joined with others: they go to the server together and are answered in their order.

pub mod account;
pub mod api_token;
pub mod audit;
pub mod balloon;
pub mod balloon_call;
pub mod block;
pub mod chat;
pub mod demo;
pub mod group;
pub mod idempotency;
pub mod job;
pub mod keyset;
pub mod leaving;
pub mod message;
mod migrate;
pub mod moderation;
pub mod notification;
pub mod page_view;
pub mod passkey;
pub mod photo;
mod pool;
pub mod pooler;
mod prepared;
pub mod privacy;
mod replica;
pub mod report;
pub mod safety;
pub mod schema;
pub mod search;
pub mod second_step;
pub mod seed;
pub mod staff;
pub mod switch;
mod tls;
mod trace;
pub mod user;
pub mod verification;

pub use diesel::{QueryResult, result::Error as QueryError};
pub use diesel_async::{AsyncConnection, AsyncPgConnection};
pub use keyset::Keyset;
pub use migrate::{MigrateError, migrate, revert_all};
pub use pool::{Connection, Database, DatabaseConfig, PoolError};
pub use replica::LAG_LIMIT;
pub use tls::{ROOT_CERTIFICATES, connect, parse_url, root_certificates};
pub use trace::trace_statements;

/// Whether a statement failed because a connection was lost or the server is going down, and not because of what it said.
#[must_use]
pub fn is_unavailable(error: &QueryError) -> bool {
    match error {
        QueryError::BrokenTransactionManager => true,
        QueryError::DatabaseError(diesel::result::DatabaseErrorKind::ClosedConnection, _) => true,
        // tokio-postgres tells a lost connection by text alone; 57P0x is the server's own "going down" or "starting".
        QueryError::DatabaseError(_, info) => {
            let text = info.message();
            [
                "connection closed",
                "error communicating with the server",
                "terminating connection",
                "is starting up",
                "is shutting down",
                "statement timeout",
            ]
            .iter()
            .any(|sign| text.contains(sign))
        }
        _ => false,
    }
}

/// The one row that a writing statement answers, taken after all of its answer was read: `get_result` hands a row out as soon as it
/// came, which may be before it is committed. A server that goes down at that moment would have told of something that is gone.
pub(crate) fn committed<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().next()
}

/// The name of the unique constraint that a statement ran into.
#[must_use]
pub fn violated_unique(error: &QueryError) -> Option<&str> {
    match error {
        QueryError::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, info) => info.constraint_name(),
        _ => None,
    }
}
