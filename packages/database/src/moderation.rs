//! What moderators ask and do: people, suspensions, appeals, reports.

use balloond_shared::{BalloonId, ReportId, SuspensionId, UserId};
use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    Keyset, balloon,
    schema::{balloons, reports, suspensions, users},
};

/// A person in a list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Person {
    #[diesel(sql_type = Uuid)]
    pub id: UserId,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub verified: bool,
    #[diesel(sql_type = Bool)]
    pub suspended: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
}

const PERSON: &str = "SELECT id, name, created_at, verified_at IS NOT NULL AS verified,
    COALESCE(suspended_until > now(), false) AS suspended, role FROM users WHERE erased_at IS NULL";

/// Whose email or id this is; several of one email where it is not verified.
pub async fn known_as(conn: &mut AsyncPgConnection, id: Option<UserId>, email: &str) -> QueryResult<Vec<Person>> {
    let query = sql_query(format!("{PERSON} AND (id = $1 OR lower(email) = lower($2)) ORDER BY id DESC LIMIT 100"));
    query.bind::<Nullable<Uuid>, _>(id).bind::<Text, _>(email).load(conn).await
}

/// Who has this in their name, the newest first; with nothing, everybody.
pub async fn named(conn: &mut AsyncPgConnection, part: &str, keyset: Keyset) -> QueryResult<Vec<Person>> {
    sql_query(format!(
        "{PERSON} AND ($1 = '' OR lower(name) LIKE '%' || $1 || '%') AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    ))
    .bind::<Text, _>(crate::user::escape_like(&part.to_lowercase()))
    .bind::<Nullable<Uuid>, _>(keyset.after)
    .bind::<BigInt, _>(keyset.rows())
    .load(conn)
    .await
}

/// Somebody under a lock that a log-in at the same moment waits for.
#[derive(Clone, Debug, Queryable)]
pub struct Locked {
    pub name: String,
    pub role: Option<String>,
    pub suspended_until: Option<DateTime<Utc>>,
}

pub async fn lock(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Locked>> {
    let there = users::table.find(user).filter(users::erased_at.is_null());
    there.select((users::name, users::role, users::suspended_until)).for_update().first(conn).await.optional()
}

/// Until when somebody is suspended; `None` for not.
pub async fn set_suspended(
    conn: &mut AsyncPgConnection,
    user: UserId,
    until: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(users::table.find(user)).set(users::suspended_until.eq(until)).execute(conn).await
}

/// Takes back what somebody floated and nobody has answered yet, and names it with whom it was for.
pub async fn withdraw_balloons(
    conn: &mut AsyncPgConnection,
    from: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Vec<(BalloonId, UserId)>> {
    let waiting = balloons::table.filter(balloons::from_id.eq(from)).filter(balloons::state.eq(balloon::PENDING));
    diesel::update(waiting)
        .set((balloons::state.eq(balloon::WITHDRAWN), balloons::answered_at.eq(now)))
        .returning((balloons::id, balloons::to_id))
        .get_results(conn)
        .await
}

#[derive(Clone, Copy, Debug, Insertable)]
#[diesel(table_name = suspensions)]
pub struct NewSuspension<'a> {
    pub id: SuspensionId,
    pub user_id: UserId,
    pub by_id: UserId,
    pub reason: &'a str,
    pub began_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
}

pub async fn insert_suspension(conn: &mut AsyncPgConnection, new: &NewSuspension<'_>) -> QueryResult<usize> {
    diesel::insert_into(suspensions::table).values(new).execute(conn).await
}

/// A suspension, with the names of the two as they are now.
#[derive(Clone, Debug, QueryableByName)]
pub struct Suspension {
    #[diesel(sql_type = Uuid)]
    pub id: SuspensionId,
    #[diesel(sql_type = Uuid)]
    pub user_id: UserId,
    #[diesel(sql_type = Text)]
    pub user_name: String,
    #[diesel(sql_type = Uuid)]
    pub by_id: UserId,
    #[diesel(sql_type = Text)]
    pub by_name: String,
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Timestamptz)]
    pub began_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ends_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub lifted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub appeal: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub appealed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Bool>)]
    pub is_granted: Option<bool>,
    #[diesel(sql_type = Nullable<Text>)]
    pub note: Option<String>,
}

const SUSPENSION: &str = "SELECT it.id, user_id, person.name AS user_name, by_id, moderator.name AS by_name, reason,
    began_at, ends_at, lifted_at, appeal, appealed_at, is_granted, note
    FROM suspensions it JOIN users person ON person.id = user_id JOIN users moderator ON moderator.id = by_id";

/// Somebody's suspensions, the last first; 100 at most.
pub async fn suspensions_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Suspension>> {
    let query = sql_query(format!("{SUSPENSION} WHERE user_id = $1 ORDER BY it.id DESC LIMIT 100"));
    query.bind::<Uuid, _>(user).load(conn).await
}

/// The one that is in force.
pub async fn current(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Suspension>> {
    let query = sql_query(format!(
        "{SUSPENSION} WHERE user_id = $1 AND lifted_at IS NULL AND (ends_at IS NULL OR ends_at > $2) ORDER BY it.id DESC LIMIT 1"
    ));
    query.bind::<Uuid, _>(user).bind::<Timestamptz, _>(now).get_result(conn).await.optional()
}

/// Appeals that wait to be decided, of suspensions in force, the oldest first; 200 at most.
pub async fn appeals(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> QueryResult<Vec<Suspension>> {
    let query = sql_query(format!(
        "{SUSPENSION} WHERE appealed_at IS NOT NULL AND decided_at IS NULL AND lifted_at IS NULL
         AND (ends_at IS NULL OR ends_at > $1) ORDER BY it.id LIMIT 200"
    ));
    query.bind::<Timestamptz, _>(now).load(conn).await
}

pub async fn suspension(conn: &mut AsyncPgConnection, id: SuspensionId) -> QueryResult<Option<Suspension>> {
    sql_query(format!("{SUSPENSION} WHERE it.id = $1")).bind::<Uuid, _>(id).get_result(conn).await.optional()
}

pub async fn lift(conn: &mut AsyncPgConnection, id: SuspensionId, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::update(suspensions::table.find(id)).set(suspensions::lifted_at.eq(now)).execute(conn).await
}

/// False when there was an appeal already.
pub async fn appeal(
    conn: &mut AsyncPgConnection,
    id: SuspensionId,
    words: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let first = suspensions::table.find(id).filter(suspensions::appealed_at.is_null());
    let set = (suspensions::appeal.eq(words), suspensions::appealed_at.eq(now));
    Ok(diesel::update(first).set(set).execute(conn).await? > 0)
}

/// False when it was decided already, or there is none.
pub async fn decide(
    conn: &mut AsyncPgConnection,
    id: SuspensionId,
    by: UserId,
    is_granted: bool,
    note: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = suspensions::table
        .find(id)
        .filter(suspensions::appealed_at.is_not_null())
        .filter(suspensions::decided_at.is_null());
    let set = (
        suspensions::decided_by.eq(by),
        suspensions::decided_at.eq(now),
        suspensions::is_granted.eq(is_granted),
        suspensions::note.eq(note),
    );
    Ok(diesel::update(open).set(set).execute(conn).await? > 0)
}

/// Whether somebody else has a role.
pub async fn has_colleague(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
    let others = users::table.filter(users::role.is_not_null()).filter(users::id.ne(user));
    diesel::select(diesel::dsl::exists(others)).get_result(conn).await
}

/// A report, with the names as they are now.
#[derive(Clone, Debug, QueryableByName)]
pub struct Report {
    #[diesel(sql_type = Uuid)]
    pub id: ReportId,
    #[diesel(sql_type = Text)]
    pub about: String,
    #[diesel(sql_type = Uuid)]
    pub about_id: uuid::Uuid,
    #[diesel(sql_type = Text)]
    pub reason: String,
    #[diesel(sql_type = Text)]
    pub words: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Uuid)]
    pub reporter_id: UserId,
    #[diesel(sql_type = Text)]
    pub reporter_name: String,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub reported_id: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reported_name: Option<String>,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub taken_by: Option<UserId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub taken_by_name: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    #[diesel(sql_type = Text)]
    pub note: String,
    #[diesel(sql_type = Jsonb)]
    pub evidence: serde_json::Value,
}

/// `evidence`: what stands for it.
fn report_query(evidence: &str) -> String {
    format!(
        "SELECT it.id, about, about_id, reason, words, it.created_at, state, reporter_id, reporter.name AS reporter_name,
                reported_id, reported.name AS reported_name, taken_by, taker.name AS taken_by_name, closed_at, decision,
                note, {evidence} AS evidence
         FROM reports it JOIN users reporter ON reporter.id = reporter_id
         LEFT JOIN users reported ON reported.id = reported_id
         LEFT JOIN users taker ON taker.id = taken_by"
    )
}

/// The reports in a state, the last first, without their evidence.
pub async fn reports(conn: &mut AsyncPgConnection, state: &str, keyset: Keyset) -> QueryResult<Vec<Report>> {
    let query = format!(
        "{} WHERE state = $1 AND ($2 IS NULL OR it.id < $2) ORDER BY it.id DESC LIMIT $3",
        report_query("'{}'::jsonb")
    );
    let query = sql_query(query).bind::<Text, _>(state).bind::<Nullable<Uuid>, _>(keyset.after);
    query.bind::<BigInt, _>(keyset.rows()).load(conn).await
}

/// The reports on somebody but one, the last first, without their evidence; 100 at most.
pub async fn reports_on(conn: &mut AsyncPgConnection, user: UserId, but: Option<ReportId>) -> QueryResult<Vec<Report>> {
    let query = format!(
        "{} WHERE reported_id = $1 AND it.id IS DISTINCT FROM $2 ORDER BY it.id DESC LIMIT 100",
        report_query("'{}'::jsonb")
    );
    sql_query(query).bind::<Uuid, _>(user).bind::<Nullable<Uuid>, _>(but).load(conn).await
}

/// One report, with its evidence.
pub async fn report(conn: &mut AsyncPgConnection, id: ReportId) -> QueryResult<Option<Report>> {
    let query = format!("{} WHERE it.id = $1", report_query("evidence"));
    sql_query(query).bind::<Uuid, _>(id).get_result(conn).await.optional()
}

/// False when it is closed, or not there.
pub async fn take(conn: &mut AsyncPgConnection, id: ReportId, by: UserId) -> QueryResult<bool> {
    let open = reports::table.find(id).filter(reports::state.ne("closed"));
    let set = (reports::state.eq("taken"), reports::taken_by.eq(by));
    Ok(diesel::update(open).set(set).execute(conn).await? > 0)
}

/// False when it is closed already, or not there.
pub async fn close(
    conn: &mut AsyncPgConnection,
    id: ReportId,
    by: UserId,
    decision: &str,
    note: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = reports::table.find(id).filter(reports::state.ne("closed"));
    let set = (
        reports::state.eq("closed"),
        reports::taken_by.eq(by),
        reports::closed_at.eq(now),
        reports::decision.eq(decision),
        reports::note.eq(note),
    );
    Ok(diesel::update(open).set(set).execute(conn).await? > 0)
}
