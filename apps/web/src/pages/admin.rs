//! What those who look after the place see.

mod appeals;
mod jobs;
mod log;
mod people;
mod reports;
mod switches;
mod views;

pub use appeals::AppealsPage;
pub use jobs::JobsPage;
pub use log::{AuditPage, RecordPage};
pub use people::{PeopleListPage, PersonPage};
pub use reports::{ReportCasePage, ReportsPage};
pub use switches::SwitchesPage;
pub use views::ViewsPage;

use balloond_shared::{Cursor, staff::StaffRole};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::Refused,
    time::{Telling, moment},
};

/// Where in these pages one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Reports,
    Appeals,
    People,
    Audit,
    Jobs,
    Views,
    Switches,
}

impl Place {
    /// Each with its address, its name and for whom it is.
    const ALL: [(Self, &'static str, &'static str, StaffRole); 7] = [
        (Self::Reports, "/admin/reports", "Reports", StaffRole::Moderator),
        (Self::Appeals, "/admin/appeals", "Appeals", StaffRole::Moderator),
        (Self::People, "/admin/people", "People", StaffRole::Moderator),
        (Self::Audit, "/admin/audit", "Audit log", StaffRole::Administrator),
        (Self::Jobs, "/admin/jobs", "Jobs", StaffRole::Administrator),
        (Self::Views, "/admin/analytics", "Analytics", StaffRole::Administrator),
        (Self::Switches, "/admin/switches", "Switches", StaffRole::Administrator),
    ];
}

/// The frame of a page: its name, and the ways to the others.
fn frame(role: StaffRole, place: Place, title: impl IntoView, content: impl IntoView) -> impl IntoView {
    let links: Vec<_> = Place::ALL
        .into_iter()
        .filter(|(.., least)| role >= *least)
        .map(|(known, path, name, _)| {
            view! { <li><a href=path aria-current=(known == place).then_some("page")>{name}</a></li> }
        })
        .collect();
    view! {
        <div class="settings-page admin">
            <nav class="admin-nav" aria-label="Administration"><ul role="list">{links}</ul></nav>
            <h1>{title}</h1>
            {content}
        </div>
    }
}

/// The way to the page after; `path` ends where the cursor's value goes.
fn earlier(path: &str, next: Option<Cursor>) -> impl IntoView + use<> {
    next.map(|next| {
        let path = format!("{path}{}", crate::server::encode_query(&next.0));
        view! { <p class="more"><a class="button" href=path rel="next">"Earlier ones"</a></p> }
    })
}

/// The end of a suspension.
pub(super) fn until(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    match at {
        Some(at) => view! { "until " {moment(at, Telling::Short, now)} }.into_any(),
        None => "without an end".into_any(),
    }
}

/// A line of input of one of several forms on a page.
fn form_field(
    form: &str,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    refused: &Refused,
) -> impl IntoView + use<> {
    form_field_of(format!("{form}-{name}"), name, label, hint, refused)
}

fn form_field_of(
    id: String,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    refused: &Refused,
) -> impl IntoView + use<> {
    let (hint_id, error_id, error) = (format!("{id}-hint"), format!("{id}-error"), refused.of(name));
    let described = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=name autocomplete="off" aria-invalid=error.is_some().then_some("true") aria-describedby=described />
            <p class="hint" id=hint_id>{hint}</p>
            {error.map(|error| view! { <p class="error" id=error_id>{error}</p> })}
        </div>
    }
}
