use actix_web::{HttpRequest, web::Form};
use balloond_domain::{chat, privacy};
use balloond_shared::privacy::EditPrivacy;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::{Notice, PrivacyPage},
    server::{
        app::State,
        reply::{Reply, see_other_saying},
        visitor::Member,
    },
};

/// A box that is not ticked is not sent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PrivacyForm {
    presence: bool,
    typing: bool,
    reading: bool,
}

/// `GET /me/privacy`
pub async fn show(request: HttpRequest, app: State, member: Member) -> Answer {
    let (privacy, badges) = try_join!(privacy::get(&app.services, member.0), chat::badges(&app.services, member.0))?;
    Ok(Reply::new(&request, "Privacy").of_member(Section::Me, badges).show(|| PrivacyPage { privacy }.view()))
}

/// `POST /me/privacy {presence?, typing?, reading?}`
pub async fn edit(app: State, member: Member, form: Form<PrivacyForm>) -> Answer {
    let PrivacyForm { presence, typing, reading } = form.into_inner();
    let change = EditPrivacy { presence: Some(presence), typing: Some(typing), reading: Some(reading) };
    privacy::edit(&app.services, member.0, change).await?;
    Ok(see_other_saying(&app, "/me/privacy", Notice::Saved))
}
