//! What those who look after the place see.

mod jobs;
mod log;

pub use jobs::JobsPage;
pub use log::{AuditPage, RecordPage};

use balloond_shared::{Cursor, staff::StaffRole};
use leptos::prelude::*;

/// Where in these pages one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Audit,
    Jobs,
}

impl Place {
    /// Each with its address, its name and for whom it is.
    const ALL: [(Self, &'static str, &'static str, StaffRole); 2] = [
        (Self::Audit, "/admin/audit", "Audit log", StaffRole::Administrator),
        (Self::Jobs, "/admin/jobs", "Jobs", StaffRole::Administrator),
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
