//! A span for each statement, where a trace is kept: what it does to which table, never its values.

use std::fmt::{self, Write};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tracing::{Span, field::Empty, trace_span};

/// Statements that are under way on one connection; more than any has, unless some were given up.
const AT_ONCE: usize = 16;
/// Where diesel's description of a statement ends and its values begin.
const VALUES: &str = " -- binds:";
/// Characters of a statement in which its table is looked for.
const LONGEST: usize = 8192;

/// From now on, connections that are opened make spans of their statements. Once a process, before the first connection.
pub fn trace_statements() {
    if let Err(error) = set_default_instrumentation(|| Some(Box::new(UnderWay::default()))) {
        tracing::warn!(%error, "statements are not traced");
    }
}

/// The statements of one connection that are not answered yet; their spans end with them.
#[derive(Default)]
struct UnderWay(Vec<(String, Span)>);

impl Instrumentation for UnderWay {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => self.begin(&query),
            InstrumentationEvent::FinishQuery { query, error, .. } => self.end(&query, error.is_some()),
            _ => {}
        }
    }
}

impl UnderWay {
    fn begin(&mut self, query: &dyn fmt::Display) {
        let span = trace_span!(
            "statement",
            otel.kind = "client",
            otel.name = Empty,
            otel.status_code = Empty,
            db.system.name = "postgresql",
        );
        if span.is_disabled() {
            return;
        }
        let name = name(query);
        span.record("otel.name", &name);
        if self.0.len() == AT_ONCE {
            self.0.remove(0);
        }
        self.0.push((name, span));
    }

    /// Postgres answers in order, so of several with one name the first is done first.
    fn end(&mut self, query: &dyn fmt::Display, has_failed: bool) {
        if self.0.is_empty() {
            return;
        }
        let name = name(query);
        if let Some(place) = self.0.iter().position(|(begun, _)| *begun == name) {
            let (_, span) = self.0.remove(place);
            if has_failed {
                span.record("otel.status_code", "ERROR");
            }
        }
    }
}

/// A statement's verb and its first table, as `INSERT messages`.
fn name(query: &dyn fmt::Display) -> String {
    let mut statement = Statement(String::new());
    // An error says that there is enough.
    let _ = write!(statement, "{query}");
    let sql = statement.0.split(VALUES).next().unwrap_or_default();
    let mut words = sql.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'));
    let is_verb = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic());
    let verb = sql.split_whitespace().next().filter(is_verb).unwrap_or("statement").to_ascii_uppercase();
    let is_before_table = |word: &str| matches!(word, "FROM" | "INTO" | "UPDATE");
    let table = words.by_ref().find(|word| is_before_table(word)).and_then(|_| words.next());
    let table = table.map(|table| table.replace('"', "")).filter(|table| is_name(table));
    table.map_or_else(|| verb.clone(), |table| format!("{verb} {table}"))
}

fn is_name(word: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || matches!(b, b'_' | b'.');
    !word.is_empty() && word.len() < 64 && word.bytes().all(fits)
}

/// Takes a statement's text, and none of the values after it.
struct Statement(String);

impl fmt::Write for Statement {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() > LONGEST || self.0.contains(VALUES) {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use balloond_shared::UserId;
    use diesel::{debug_query, pg::Pg, prelude::*};

    use super::*;
    use crate::schema::users;

    #[test]
    fn a_statement_is_named_by_its_verb_and_table() {
        for (sql, expected) in [
            ("INSERT INTO \"messages\" (\"id\", \"body\") VALUES ($1, $2)", "INSERT messages"),
            ("UPDATE chats SET head = head + 1 RETURNING head", "UPDATE chats"),
            ("\n  WITH it AS (SELECT 1 FROM balloons) SELECT * FROM users", "WITH balloons"),
            ("SELECT graphile_worker.add_job($1, $2)", "SELECT"),
            ("DELETE FROM sessions", "DELETE sessions"),
            ("COMMIT", "COMMIT"),
            ("", "STATEMENT"),
            ("SELECT 'our words' FROM 'ada@example.com'", "SELECT"),
        ] {
            assert_eq!(name(&sql), expected, "{sql}");
        }
    }

    #[test]
    fn a_value_is_never_part_of_the_name() {
        let hostile = " -- binds: FROM secret_words INTO secret_words";
        let query = users::table.filter(users::name.eq(hostile)).filter(users::id.eq(UserId::new())).select(users::id);
        assert_eq!(name(&debug_query::<Pg, _>(&query)), "SELECT users");
    }
}
