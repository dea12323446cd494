//! The audit log, and what of it is about oneself.

use balloond_shared::{
    Page,
    staff::{AuditEntry, Named, RecordEntry, StaffRole},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, earlier, frame};
use crate::components::time::{Telling, moment};

pub struct AuditPage {
    pub role: StaffRole,
    pub log: Page<AuditEntry>,
    pub now: DateTime<Utc>,
}

impl AuditPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, log, now } = self;
        let content = view! {
            <section aria-labelledby="log">
                <h2 id="log">"What was done"</h2>
                {entries(log.items, now)}
                {earlier("/admin/audit?cursor=", log.next)}
            </section>
        };
        frame(role, Place::Audit, "Audit log", content)
    }
}

/// Who did what to whom, when and why.
pub(super) fn entries(log: Vec<AuditEntry>, now: DateTime<Utc>) -> AnyView {
    if log.is_empty() {
        return view! { <p class="soft">"Nothing yet."</p> }.into_any();
    }
    let named = |person: Option<Named>, otherwise: &'static str| person.map_or(otherwise.to_owned(), |it| it.name);
    let entries: Vec<_> = log
        .into_iter()
        .map(|entry| {
            let about = named(entry.about, "");
            let by = named(entry.by, "the command line");
            view! {
                <li>
                    <p>
                        {entry.deed.words()} {(!entry.details.is_empty()).then(|| format!(": {}", entry.details))}
                        {(!about.is_empty()).then(|| view! { " · " <span class="balloon-name">{about}</span> })} <br />
                        <span class="soft">"by " {by} ", " {moment(entry.done_at, Telling::Short, now)}</span>
                        {reason(entry.reason)}
                    </p>
                </li>
            }
        })
        .collect();
    view! { <ul class="settings-list admin-list" role="list">{entries}</ul> }.into_any()
}

fn reason(reason: String) -> impl IntoView {
    (!reason.is_empty()).then(|| view! { <br /> <q>{reason}</q> })
}

/// What was decided about oneself.
pub struct RecordPage {
    pub record: Page<RecordEntry>,
    pub now: DateTime<Utc>,
}

impl RecordPage {
    pub fn view(self) -> impl IntoView {
        let Self { record, now } = self;
        let is_empty = record.items.is_empty();
        let entries: Vec<_> = record
            .items
            .into_iter()
            .map(|entry| {
                view! {
                    <li>
                        <p>
                            {entry.deed.words()} {(!entry.details.is_empty()).then(|| format!(": {}", entry.details))} <br />
                            <span class="soft">{moment(entry.done_at, Telling::Short, now)}</span>
                            {reason(entry.reason)}
                        </p>
                    </li>
                }
            })
            .collect();
        view! {
            <div class="settings-page">
                <p><a href="/me">"Back to me"</a></p>
                <h1>"Decisions about you"</h1>
                <section aria-labelledby="record">
                    <h2 id="record">"What was done, when and why"</h2>
                    {is_empty.then(|| view! { <p class="soft">"Nothing. Should those who look after Balloon’d ever decide something about your account, it stands here."</p> })}
                    {(!is_empty).then(|| view! { <ul class="settings-list admin-list" role="list">{entries}</ul> })}
                    {earlier("/me/record?cursor=", record.next)}
                </section>
            </div>
        }
    }
}
