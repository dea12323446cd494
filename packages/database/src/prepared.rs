//! Written SQL that is parsed and planned once a connection.

use diesel::{
    expression::{AsExpression, TypedExpressionType},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::{Error, QueryResult},
    sql_types::{SqlType, Untyped},
};

/// A statement with `$1`, `$2` … in its text, bound in their order. Unlike `diesel::sql_query`, whose statements Postgres parses and plans
/// anew each time, so it costs what a statement of the query builder costs. For rows that are `QueryableByName`; it names every
/// column, as a statement that is kept must answer the same columns after a migration.
#[must_use]
pub struct Prepared<'a> {
    sql: &'a str,
    binds: Vec<Box<dyn QueryFragment<Pg> + Send + Sync + 'a>>,
}

pub fn prepared(sql: &str) -> Prepared<'_> {
    Prepared { sql, binds: Vec::new() }
}

impl<'a> Prepared<'a> {
    /// Binds the next number, as the SQL type `ST`.
    pub fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: SqlType + TypedExpressionType,
        T: AsExpression<ST>,
        T::Expression: QueryFragment<Pg> + Send + Sync + 'a,
    {
        self.binds.push(Box::new(value.as_expression()));
        self
    }

    /// Puts an expression in the place of the next number.
    pub fn part(mut self, expression: impl QueryFragment<Pg> + Send + Sync + 'a) -> Self {
        self.binds.push(Box::new(expression));
        self
    }

    fn numbered(&self, number: &str) -> QueryResult<&(dyn QueryFragment<Pg> + Send + Sync + 'a)> {
        let bind = number.parse::<usize>().ok().and_then(|number| self.binds.get(number.checked_sub(1)?));
        bind.map(|bind| &**bind)
            .ok_or_else(|| Error::QueryBuilderError(format!("nothing is bound to ${number}").into()))
    }
}

impl QueryFragment<Pg> for Prepared<'_> {
    /// Each `$n` becomes a parameter of its own: the query builder counts them itself, and knows none that is used twice.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.sql.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (number, text) = piece.split_at(piece.bytes().take_while(u8::is_ascii_digit).count());
            self.numbered(number)?.walk_ast(out.reborrow())?;
            out.push_sql(text);
        }
        Ok(())
    }
}

impl Query for Prepared<'_> {
    type SqlType = Untyped;
}

/// Known by its text.
impl QueryId for Prepared<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
