//! What can be turned off for a while.

use balloond_shared::{
    staff::StaffRole,
    switch::{Switch, SwitchState},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, form_field, frame};
use crate::components::{
    field::Refused,
    time::{Telling, moment},
};

pub struct SwitchesPage {
    pub role: StaffRole,
    pub switches: Vec<SwitchState>,
    /// Which was not turned, and why.
    pub refused: Option<(Switch, Refused)>,
    pub now: DateTime<Utc>,
}

impl SwitchesPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, switches, refused, now } = self;
        let sections: Vec<_> = switches
            .into_iter()
            .map(|state| {
                let refused = refused.as_ref().filter(|(which, _)| *which == state.switch).map(|(_, it)| it.clone());
                section(state, refused.unwrap_or_default(), now)
            })
            .collect();
        frame(role, Place::Switches, "Switches", sections)
    }
}

fn section(state: SwitchState, refused: Refused, now: DateTime<Utc>) -> impl IntoView {
    let name = state.switch.name();
    let (is, button) = if state.on { ("On", "Turn it off") } else { ("Off", "Turn it on") };
    let since =
        state.changed_at.map(|at| view! { <span class="soft">" since " {moment(at, Telling::Short, now)}</span> });
    view! {
        <section aria-labelledby=name>
            <h2 id=name>{state.switch.words()}</h2>
            <p>{is} {since}</p>
            <form class="stack" method="post" action=format!("/admin/switches/{name}") novalidate>
                <input type="hidden" name="on" value=(!state.on).to_string() />
                {form_field(name, "reason", "Why", "For the audit log.", &refused)}
                <button type="submit">{button}</button>
            </form>
        </section>
    }
}
