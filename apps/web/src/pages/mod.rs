//! The pages: what a person sees, given what the domain answered. No page asks for anything itself.

mod account;
mod admin;
mod balloons;
mod chats;
mod document;
mod failure;
mod group;
mod landing;
mod leaving;
mod me;
mod message;
mod notifications;
mod passkeys;
mod people;
mod photo;
mod privacy;
mod profile;
mod report;
mod room;
mod safety;
mod search;
mod second_step;
mod sessions;
mod suspended;
mod tokens;
mod verification;

pub use account::{LoginPage, RegisterPage};
pub use admin::{
    AppealsPage, AuditPage, JobsPage, PeopleListPage, PersonPage, RecordPage, ReportCasePage, ReportsPage,
    SwitchesPage, ViewsPage,
};
pub use balloons::BalloonsPage;
pub use chats::{ChatPage, ChatsPage, HistoryPage};
pub use document::{Assets, COUNTER, Document, Notice, render};
pub use failure::failure;
pub use group::{GroupPage, NewGroupPage};
pub use landing::landing;
pub use leaving::{DataPage, goodbye};
pub use me::{MePage, TypedProfile};
pub use message::MessagePage;
pub use notifications::{NotificationsPage, unsubscribed};
pub use passkeys::{PasskeyLoginPage, PasskeysPage, SCRIPT as PASSKEY_SCRIPT};
pub use people::PeoplePage;
pub use photo::PhotoPage;
pub use privacy::PrivacyPage;
pub use profile::ProfilePage;
pub use report::{ABOUTS, REASONS, ReportPage, ReportedPage};
pub use safety::SafetyPage;
pub use search::SearchPage;
pub use second_step::{CodePage, EnrolPage, SecondStepPage, recovery_codes};
pub use sessions::SessionsPage;
pub use suspended::SuspendedPage;
pub use tokens::{TokensPage, made_token};
pub use verification::{ForgotPage, ResetPage, VerifyPage};

use leptos::prelude::*;

use crate::components::brand::drifting_balloon;

/// What stands where a list is empty: what will be here, and the one next step.
fn empty(title: &'static str, sentence: &'static str, step: Option<(&'static str, &'static str)>) -> impl IntoView {
    view! {
        <div class="empty">
            {drifting_balloon()}
            <h2>{title}</h2>
            <p>{sentence}</p>
            {step.map(|(path, words)| view! { <p><a class="button" href=path>{words}</a></p> })}
        </div>
    }
}
