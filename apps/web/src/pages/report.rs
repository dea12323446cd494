//! Reporting, and what was reported.

use balloond_shared::{
    UserId,
    report::{Evidence, Report, ReportAbout, ReportReason, Uuid},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::{
    field::{Refused, TextField, form_alert},
    time::{Telling, moment},
};

/// What can be chosen, and how it is said.
pub const REASONS: [(ReportReason, &str, &str); 6] = [
    (ReportReason::Harassment, "harassment", "It is unkind, or does not stop"),
    (ReportReason::Threat, "threat", "It threatens me or somebody else"),
    (ReportReason::Spam, "spam", "It wants to sell something, or my money"),
    (ReportReason::Impersonation, "impersonation", "They are not who they say"),
    (ReportReason::Underage, "underage", "They are under 18"),
    (ReportReason::Other, "other", "Something else"),
];

/// How the things that can be reported are called in addresses and forms.
pub const ABOUTS: [(ReportAbout, &str); 4] = [
    (ReportAbout::Person, "person"),
    (ReportAbout::Balloon, "balloon"),
    (ReportAbout::Chat, "chat"),
    (ReportAbout::Message, "message"),
];

pub(super) fn about_name(about: ReportAbout) -> &'static str {
    ABOUTS.iter().find(|(known, _)| *known == about).map_or("", |(_, name)| name)
}

pub(super) fn reason_words(reason: ReportReason) -> &'static str {
    REASONS.iter().find(|(known, ..)| *known == reason).map_or("", |(.., words)| words)
}

/// The form. `evidence`: what goes with the report.
pub struct ReportPage {
    pub about: ReportAbout,
    pub id: Uuid,
    pub evidence: Evidence,
    pub me: UserId,
    pub words: String,
    pub refused: Refused,
    pub now: DateTime<Utc>,
}

impl ReportPage {
    pub fn view(self) -> impl IntoView {
        let Self { about, id, evidence, me, words, refused, now } = self;
        let name = evidence.person.as_ref().map_or_else(|| "them".to_owned(), |person| person.name.clone());
        let reasons: Vec<_> = REASONS
            .iter()
            .map(|(reason, value, words)| {
                let checked = *reason == ReportReason::Harassment;
                view! {
                    <label class="choice">
                        <input type="radio" name="reason" value=*value checked=checked />
                        {*words}
                    </label>
                }
            })
            .collect();
        let messages = (about == ReportAbout::Chat).then(|| which_message(&evidence, me));
        view! {
            <div class="settings-page">
                <h1>"Report " {name.clone()}</h1>
                <p class="soft">"We look at it, and they are not told who wrote to us. A copy of how it is now goes with your report: what is changed or deleted later is still there."</p>
                <form class="stack" method="post" action="/report" novalidate>
                    {form_alert(&refused)}
                    <input type="hidden" name="about" value=about_name(about) />
                    <input type="hidden" name="id" value=id.to_string() />
                    <fieldset class="choices">
                        <legend>"What is wrong?"</legend>
                        {reasons}
                    </fieldset>
                    {messages}
                    <TextField name="words" label="Anything else we should know" value=words error=refused.of("words") rows=3 />
                    {(evidence.person.is_some())
                        .then(|| {
                            view! {
                                <label class="choice">
                                    <input type="checkbox" name="block" value="yes" checked />
                                    "Block " {name} " too"
                                </label>
                            }
                        })}
                    <button class="primary" type="submit">"Send the report"</button>
                </form>
                {(about != ReportAbout::Chat).then(|| view! { <section aria-labelledby="copy"><h2 id="copy">"What goes with it"</h2>{copy(&evidence, now)}</section> })}
            </div>
        }
    }
}

/// Of a chat one message can be meant.
fn which_message(evidence: &Evidence, me: UserId) -> impl IntoView + use<> {
    let theirs: Vec<_> = evidence
        .messages
        .iter()
        .filter(|message| message.sender != me && (!message.body.is_empty() || message.photo.is_some()))
        .rev()
        .take(20)
        .map(|message| {
            view! {
                <label class="choice">
                    <input type="radio" name="message" value=message.id.to_string() />
                    <span>{message.name.clone()} ": " {message.photo.is_some().then_some("Photo ")} {message.body.clone()}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="choices">
            <legend>"What is it about?"</legend>
            <label class="choice">
                <input type="radio" name="message" value="" checked />
                "The whole chat"
            </label>
            {theirs}
        </fieldset>
    }
}

/// The evidence to read.
pub(super) fn copy(evidence: &Evidence, now: DateTime<Utc>) -> impl IntoView + use<> {
    let Evidence { person, note, messages } = evidence.clone();
    let messages: Vec<_> = messages
        .into_iter()
        .map(|message| {
            view! {
                <li>
                    <p>
                        <span class="balloon-name">{message.name}</span> " " <span class="soft">{moment(message.sent_at, Telling::Short, now)}</span>
                        <br />
                        {message.body}
                        {message.photo.map(|photo| if photo.is_empty() { "Photo".into_any() } else { view! { <a href=photo>"Photo"</a> }.into_any() })}
                    </p>
                </li>
            }
        })
        .collect();
    view! {
        {person
            .map(|person| {
                view! {
                    <p><span class="balloon-name">{format!("{}, {}", person.name, person.age)}</span></p>
                    {(!person.bio.is_empty()).then(|| view! { <p class="bio">{person.bio}</p> })}
                    {(!person.interests.is_empty()).then(|| view! { <p class="soft">{person.interests.join(" · ")}</p> })}
                }
            })}
        {note.map(|note| view! { <blockquote class="note">{note.note}</blockquote> })}
        {(!messages.is_empty()).then(|| view! { <ul class="settings-list" role="list">{messages}</ul> })}
    }
}

/// One's own report, with its evidence.
pub struct ReportedPage {
    pub report: Report,
    pub now: DateTime<Utc>,
}

impl ReportedPage {
    pub fn view(self) -> impl IntoView {
        let Self { report, now } = self;
        view! {
            <div class="settings-page">
                <p><a href="/me/safety">"Back to safety"</a></p>
                <h1>"Your report"</h1>
                <p>
                    {reason_words(report.reason)} ". "
                    <span class="soft">"Sent " {moment(report.made_at, Telling::Short, now)} "."</span>
                </p>
                {(!report.words.is_empty()).then(|| view! { <p class="bio">{report.words.clone()}</p> })}
                <section aria-labelledby="copy">
                    <h2 id="copy">"As it was at that moment"</h2>
                    {report.evidence.as_ref().map(|evidence| copy(evidence, now))}
                </section>
            </div>
        }
    }
}

/// The list on the page about safety.
pub fn reports_list(reports: Vec<Report>, now: DateTime<Utc>) -> impl IntoView {
    if reports.is_empty() {
        return view! { <p class="soft">"None."</p> }.into_any();
    }
    let entries: Vec<_> = reports
        .into_iter()
        .map(|report| {
            let path = format!("/me/reports/{}", report.id);
            view! {
                <li>
                    <p>
                        <a href=path>{reason_words(report.reason)}</a> <br />
                        <span class="soft">"A " {about_name(report.about)} ", " {moment(report.made_at, Telling::Short, now)}</span>
                    </p>
                </li>
            }
        })
        .collect();
    view! { <ul class="settings-list" role="list">{entries}</ul> }.into_any()
}
