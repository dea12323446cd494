//! People: the search, and all about one.

use balloond_shared::{
    Page,
    moderation::{PersonEntry, PersonFile, SuspensionCase},
    session::Session,
    staff::StaffRole,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, earlier, form_field, frame, log::entries, reports::cases, until};
use crate::{
    components::{
        field::{Refused, form_alert},
        portrait::avatar,
        time::{Telling, moment},
    },
    server::encode_query,
};

pub struct PeopleListPage {
    pub role: StaffRole,
    pub q: String,
    pub people: Page<PersonEntry>,
    pub now: DateTime<Utc>,
}

impl PeopleListPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, q, people, now } = self;
        let next = format!("/admin/people?q={}&cursor=", encode_query(&q));
        let rows: Vec<_> = people.items.into_iter().map(|person| row(person, now)).collect();
        let is_empty = rows.is_empty();
        let content = view! {
            <form class="admin-search" role="search" method="get" action="/admin/people">
                <div class="field">
                    <label for="q">"Name, email or id"</label>
                    <input id="q" name="q" type="search" value=q autocomplete="off" aria-describedby="q-hint" />
                    <p class="hint" id="q-hint">"A part of the name; an email or an id whole."</p>
                </div>
                <button type="submit">"Search"</button>
            </form>
            <section aria-labelledby="found">
                <h2 id="found">"Found"</h2>
                {is_empty.then(|| view! { <p class="soft">"Nobody."</p> })}
                {(!is_empty).then(|| view! { <ul class="settings-list admin-list" role="list">{rows}</ul> })}
                {earlier(&next, people.next)}
            </section>
        };
        frame(role, Place::People, "People", content)
    }
}

fn row(person: PersonEntry, now: DateTime<Utc>) -> impl IntoView {
    view! {
        <li>
            <p>
                <a class="balloon-name" href=format!("/admin/people/{}", person.id)>{person.name.clone()}</a> <br />
                <span class="soft">"since " {moment(person.joined_at, Telling::Day, now)} {state(&person)}</span>
            </p>
        </li>
    }
}

/// What is out of the ordinary about somebody.
fn state(person: &PersonEntry) -> String {
    let role = person.role.map(StaffRole::name);
    let states = [(!person.verified).then_some("email not confirmed"), person.suspended.then_some("suspended"), role];
    states.into_iter().flatten().map(|state| format!(" · {state}")).collect()
}

/// `refused`: the form that was not taken, and why.
pub struct PersonPage {
    pub role: StaffRole,
    pub file: PersonFile,
    pub refused: Option<(&'static str, Refused)>,
    pub now: DateTime<Utc>,
}

impl PersonPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, file, refused, now } = self;
        let PersonFile { entry, email, profile, sessions, reports, suspensions, log } = file;
        let title = view! { {format!("{}, {}", profile.name, profile.age)} };
        let photo = profile.photos.first();
        let content = view! {
            <div class="admin-person">
                {avatar(entry.id, &profile.name, photo)}
                <p>
                    <span class="soft">"since " {moment(entry.joined_at, Telling::Day, now)} {state(&entry)}</span> <br />
                    {email.map(|email| view! { {email} <br /> })}
                    <span class="soft admin-id">{entry.id.to_string()}</span>
                </p>
            </div>
            {(!profile.bio.is_empty()).then(|| view! { <p class="bio">{profile.bio.clone()}</p> })}
            <section aria-labelledby="do">
                <h2 id="do">"Do something"</h2>
                {deeds(role, &entry, refused)}
            </section>
            <section aria-labelledby="reports">
                <h2 id="reports">"Reports about them"</h2>
                {cases(reports, now)}
            </section>
            <section aria-labelledby="suspensions">
                <h2 id="suspensions">"Suspensions"</h2>
                {suspended(suspensions, now)}
            </section>
            <section aria-labelledby="devices">
                <h2 id="devices">"Devices"</h2>
                {devices(sessions, now)}
            </section>
            <section aria-labelledby="log">
                <h2 id="log">"What was done"</h2>
                {entries(log, now)}
            </section>
        };
        frame(role, Place::People, title, content)
    }
}

/// One form at a time; the one that was refused is open.
fn deeds(role: StaffRole, person: &PersonEntry, refused: Option<(&'static str, Refused)>) -> AnyView {
    if person.role.is_some() {
        return view! { <p class="soft">"They have a role. Whoever runs the servers takes it first."</p> }.into_any();
    }
    let of = |form: &str| refused.as_ref().filter(|(sent, _)| *sent == form).map(|(_, refused)| refused.clone());
    let first = if person.suspended {
        let fields = |refused: &Refused| form_field("lift", "reason", "Why", "They read this.", refused).into_any();
        deed(person, "lift", "Lift the suspension", of("lift"), fields)
    } else {
        let fields = |refused: &Refused| {
            view! {
                {form_field("suspend", "reason", "Why", "They read this.", refused)}
                {form_field("suspend", "days", "For how many days", "Empty: without an end.", refused)}
            }
            .into_any()
        };
        deed(person, "suspend", "Suspend", of("suspend"), fields)
    };
    let all = (role == StaffRole::Administrator).then(|| {
        let end =
            |refused: &Refused| form_field("end-sessions", "reason", "Why", "They read this.", refused).into_any();
        let erase = |refused: &Refused| {
            view! {
                <p>"Gone at once, for everybody, and for good."</p>
                {form_field("erase", "name", "Their name, to be sure", "", refused)}
                {form_field("erase", "reason", "Why", "", refused)}
            }
            .into_any()
        };
        view! {
            {deed(person, "end-sessions", "Log out everywhere", of("end-sessions"), end)}
            {deed(person, "erase", "Delete the account", of("erase"), erase)}
        }
    });
    view! { {first} {all} }.into_any()
}

fn deed(
    person: &PersonEntry,
    form: &'static str,
    name: &'static str,
    refused: Option<Refused>,
    fields: impl FnOnce(&Refused) -> AnyView,
) -> AnyView {
    let is_open = refused.is_some();
    let refused = refused.unwrap_or_default();
    view! {
        <details class="admin-deed" open=is_open>
            <summary>{name}</summary>
            <form class="stack" method="post" action=format!("/admin/people/{}/{form}", person.id) novalidate>
                {form_alert(&refused)}
                {fields(&refused)}
                <button type="submit">{name}</button>
            </form>
        </details>
    }
    .into_any()
}

fn suspended(suspensions: Vec<SuspensionCase>, now: DateTime<Utc>) -> AnyView {
    if suspensions.is_empty() {
        return view! { <p class="soft">"None."</p> }.into_any();
    }
    let entries: Vec<_> = suspensions
        .into_iter()
        .map(|case| {
            let lifted = case.lifted_at.map(|at| view! { ", lifted " {moment(at, Telling::Short, now)} });
            let appeal = case.suspension.appeal.map(|appeal| {
                let outcome = match appeal.granted {
                    None => "Waits",
                    Some(true) => "Granted",
                    Some(false) => "Denied",
                };
                view! { <br /> "Appeal: " <q>{appeal.words}</q> " " {outcome} "." }
            });
            view! {
                <li>
                    <p>
                        <q>{case.suspension.reason}</q> <br />
                        <span class="soft">
                            "by " {case.by.name} ", " {moment(case.suspension.began_at, Telling::Short, now)} ", "
                            {until(case.suspension.ends_at, now)} {lifted}
                        </span>
                        {appeal}
                    </p>
                </li>
            }
        })
        .collect();
    view! { <ul class="settings-list admin-list" role="list">{entries}</ul> }.into_any()
}

fn devices(sessions: Vec<Session>, now: DateTime<Utc>) -> AnyView {
    if sessions.is_empty() {
        return view! { <p class="soft">"Signed in nowhere."</p> }.into_any();
    }
    let entries: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            view! {
                <li>
                    <p>
                        {session.device} <br />
                        <span class="soft">"seen " {moment(session.seen_at, Telling::Short, now)} " · from " {session.place}</span>
                    </p>
                </li>
            }
        })
        .collect();
    view! { <ul class="settings-list admin-list" role="list">{entries}</ul> }.into_any()
}
