//! The appeals that wait to be decided.

use balloond_shared::{SuspensionId, UserId, moderation::SuspensionCase, staff::StaffRole};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, form_field_of, frame, until};
use crate::components::{
    field::Refused,
    time::{Telling, moment},
};

pub struct AppealsPage {
    pub role: StaffRole,
    pub me: UserId,
    pub appeals: Vec<SuspensionCase>,
    /// Which was not decided, and why.
    pub refused: Option<(SuspensionId, Refused)>,
    pub now: DateTime<Utc>,
}

impl AppealsPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, me, appeals, refused, now } = self;
        let is_empty = appeals.is_empty();
        let entries: Vec<_> = appeals
            .into_iter()
            .map(|case| {
                let refused = refused.as_ref().filter(|(id, _)| *id == case.id).map(|(_, it)| it.clone());
                entry(case, me, refused.unwrap_or_default(), now)
            })
            .collect();
        let content = view! {
            <section aria-labelledby="waiting">
                <h2 id="waiting">"Waiting, the oldest first"</h2>
                {is_empty.then(|| view! { <p class="soft">"None."</p> })}
                {(!is_empty).then(|| view! { <ul class="settings-list admin-list" role="list">{entries}</ul> })}
            </section>
        };
        frame(role, Place::Appeals, "Appeals", content)
    }
}

fn entry(case: SuspensionCase, me: UserId, refused: Refused, now: DateTime<Utc>) -> impl IntoView {
    let SuspensionCase { id, person, by, suspension, .. } = case;
    let own = by.id == me;
    let appeal = suspension.appeal.map(|appeal| {
        view! { <p><q>{appeal.words}</q> <br /> <span class="soft">{moment(appeal.made_at, Telling::Short, now)}</span></p> }
    });
    let field = form_field_of(format!("{id}-note"), "note", "Note", "They read this.", &refused);
    view! {
        <li class="admin-appeal">
            <p>
                <a class="balloon-name" href=format!("/admin/people/{}", person.id)>{person.name}</a> <br />
                <span class="soft">"suspended by " {by.name} ", " {moment(suspension.began_at, Telling::Short, now)} ", " {until(suspension.ends_at, now)}</span>
                <br />
                "Because: " <q>{suspension.reason}</q>
            </p>
            {appeal}
            {own.then(|| view! { <p class="soft">"You suspended them: where there is somebody else with a role, they decide."</p> })}
            <form class="stack" method="post" action=format!("/admin/appeals/{id}") novalidate>
                {field}
                <div class="actions">
                    <button type="submit" name="grant" value="true">"Grant it"</button>
                    <button type="submit" name="grant" value="false">"Deny it"</button>
                </div>
            </form>
        </li>
    }
}
