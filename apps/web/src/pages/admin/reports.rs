//! The reports: the queue, and one with its evidence.

use balloond_shared::{
    Page,
    moderation::{ReportCase, ReportDecision, ReportFile, ReportState},
    staff::StaffRole,
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, earlier, form_field, frame};
use crate::{
    components::{
        field::{Refused, form_alert},
        time::{Telling, moment},
    },
    pages::report::{about_name, copy, reason_words},
};

const STATES: [(ReportState, &str, &str); 3] = [
    (ReportState::Open, "open", "Open"),
    (ReportState::Taken, "taken", "Taken on"),
    (ReportState::Closed, "closed", "Closed"),
];

pub struct ReportsPage {
    pub role: StaffRole,
    pub state: ReportState,
    pub reports: Page<ReportCase>,
    pub now: DateTime<Utc>,
}

impl ReportsPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, state, reports, now } = self;
        let tabs: Vec<_> = STATES
            .into_iter()
            .map(|(known, name, words)| {
                let path = format!("/admin/reports?state={name}");
                view! { <li><a href=path aria-current=(known == state).then_some("page")>{words}</a></li> }
            })
            .collect();
        let (_, name, words) = STATES.into_iter().find(|(known, ..)| *known == state).unwrap_or((state, "", ""));
        let content = view! {
            <nav class="admin-nav" aria-label="State"><ul role="list">{tabs}</ul></nav>
            <section aria-labelledby="queue">
                <h2 id="queue">{words}</h2>
                {cases(reports.items, now)}
                {earlier(&format!("/admin/reports?state={name}&cursor="), reports.next)}
            </section>
        };
        frame(role, Place::Reports, "Reports", content)
    }
}

/// Reports in a list.
pub(super) fn cases(reports: Vec<ReportCase>, now: DateTime<Utc>) -> AnyView {
    if reports.is_empty() {
        return view! { <p class="soft">"None."</p> }.into_any();
    }
    let entries: Vec<_> = reports
        .into_iter()
        .map(|case| {
            let reported = case.reported.as_ref().map_or_else(|| "a group".to_owned(), |it| it.name.clone());
            view! {
                <li>
                    <p>
                        <a href=format!("/admin/reports/{}", case.id)>{reason_words(case.reason)}</a> <br />
                        <span class="soft">
                            {format!("A {}, about {reported}, by {}, ", about_name(case.about), case.reporter.name)}
                            {moment(case.made_at, Telling::Short, now)} {outcome(&case)}
                        </span>
                    </p>
                </li>
            }
        })
        .collect();
    view! { <ul class="settings-list admin-list" role="list">{entries}</ul> }.into_any()
}

fn outcome(case: &ReportCase) -> String {
    let by = case.taken_by.as_ref().map_or("somebody who left", |it| it.name.as_str());
    match (case.state, case.decision) {
        (ReportState::Open, _) => String::new(),
        (ReportState::Taken, _) => format!(" · taken on by {by}"),
        (ReportState::Closed, Some(ReportDecision::Warranted)) => format!(" · closed by {by}: it was right"),
        (ReportState::Closed, _) => format!(" · closed by {by}: nothing wrong was found"),
    }
}

pub struct ReportCasePage {
    pub role: StaffRole,
    pub file: ReportFile,
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl ReportCasePage {
    pub fn view(self) -> impl IntoView {
        let Self { role, file: ReportFile { case, evidence, earlier }, refused, now } = self;
        let photos: Vec<_> = evidence
            .person
            .iter()
            .flat_map(|person| person.photos.clone())
            .map(|photo| view! { <img src=photo alt="A photo of the profile, as it was" loading="lazy" /> })
            .collect();
        let content = view! {
            <p>
                {format!("A {}, reported by ", about_name(case.about))}
                <a href=format!("/admin/people/{}", case.reporter.id)>{case.reporter.name.clone()}</a> ", "
                {moment(case.made_at, Telling::Short, now)} <span class="soft">{outcome(&case)}</span>
                {case.reported.clone().map(|it| view! { <br /> "About " <a href=format!("/admin/people/{}", it.id)>{it.name}</a> })}
            </p>
            {(!case.words.is_empty()).then(|| view! { <p class="bio"><q>{case.words.clone()}</q></p> })}
            <section aria-labelledby="evidence">
                <h2 id="evidence">"As it was"</h2>
                {copy(&evidence, now)}
                {(!photos.is_empty()).then(|| view! { <div class="admin-photos">{photos}</div> })}
            </section>
            <section aria-labelledby="decide">
                <h2 id="decide">"Decide"</h2>
                {decide(&case, &refused)}
            </section>
            <section aria-labelledby="earlier">
                <h2 id="earlier">"Other reports about them"</h2>
                {cases(earlier, now)}
            </section>
        };
        frame(role, Place::Reports, reason_words(case.reason), content)
    }
}

fn decide(case: &ReportCase, refused: &Refused) -> AnyView {
    if case.state == ReportState::Closed {
        return view! { <p><q>{case.note.clone()}</q></p> }.into_any();
    }
    view! {
        {(case.state == ReportState::Open)
            .then(|| {
                view! {
                    <form method="post" action=format!("/admin/reports/{}/take", case.id)>
                        <button type="submit">"I take it on"</button>
                    </form>
                }
            })}
        <form class="stack" method="post" action=format!("/admin/reports/{}/close", case.id) novalidate>
            {form_alert(refused)}
            <fieldset class="choices">
                <legend>"What came of it"</legend>
                <label class="choice"><input type="radio" name="decision" value="warranted" checked /> "It was right, and something was done"</label>
                <label class="choice"><input type="radio" name="decision" value="unfounded" /> "Nothing wrong was found"</label>
            </fieldset>
            {form_field("close", "note", "Note", "For those who look after the place.", refused)}
            <button type="submit">"Close the report"</button>
        </form>
    }
    .into_any()
}
