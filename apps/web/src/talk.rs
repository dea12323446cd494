//! What is said in an open chat: all that its log is drawn from, by the server first and then by the browser.

use balloond_shared::{
    ChatId, ClientId, UserId,
    chat::{Messages, Quote},
    outbox::Outbox,
    timeline::Timeline,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    browser::json::{Json, Read},
    bubbles::{Bubble, bubbles, first_new, marks},
    components::bubble::{Mark, Scene, bubble_html},
    when::Clock,
};

/// What the server drew a room from; the room carries it, so that the browser can go on from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beginning {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    /// Of the members.
    pub names: Vec<Named>,
    /// The newest page.
    pub messages: Messages,
    /// When the page was drawn.
    pub now: DateTime<Utc>,
    /// What the plain form answers.
    pub reply: Option<Quote>,
    /// Why the plain form was refused.
    pub refused: Option<String>,
}

impl Read for Beginning {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            chat: json.get("chat")?,
            me: json.get("me")?,
            is_group: json.get("is_group")?,
            names: json.get("names")?,
            messages: json.get("messages")?,
            now: json.get("now")?,
            reply: json.maybe("reply")?,
            refused: json.maybe("refused")?,
        })
    }
}

/// A member, and what they are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    pub id: UserId,
    pub name: String,
}

impl Read for Named {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { id: json.get("id")?, name: json.get("name")? })
    }
}

/// What somebody is called.
#[must_use]
pub fn name_of(names: &[Named], user: UserId) -> &str {
    names.iter().find(|member| member.id == user).map_or("Somebody", |member| &member.name)
}

/// An open chat's messages, and how they are seen.
#[derive(Clone, Debug)]
pub struct Talk {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    pub names: Vec<Named>,
    pub timeline: Timeline,
    pub outbox: Outbox,
    pub clock: Clock,
    /// Sends that failed one after the other for want of an answer.
    pub failed_tries: u32,
    first_new: Option<i64>,
}

impl Talk {
    #[must_use]
    pub fn new(beginning: Beginning) -> Self {
        let Beginning { chat, me, is_group, names, messages, now, .. } = beginning;
        Self {
            chat,
            me,
            is_group,
            names,
            first_new: first_new(&messages, me),
            timeline: Timeline::new(messages),
            outbox: Outbox::default(),
            clock: Clock::utc(now),
            failed_tries: 0,
        }
    }

    #[must_use]
    pub fn bubbles(&self) -> Vec<Bubble> {
        bubbles(self.timeline.messages(), &self.outbox, self.me, self.clock, self.is_group, self.first_new)
    }

    /// Where each message of one's own stands.
    #[must_use]
    pub fn marks(&self) -> Vec<(ClientId, Mark)> {
        let others = self.names.iter().filter(|member| member.id != self.me);
        let read_to = others.map(|member| self.timeline.read_by(member.id)).min().unwrap_or(0);
        marks(self.timeline.messages(), &self.outbox, self.me, read_to, self.failed_tries > 0)
    }

    /// A bubble, and what stands above it. What is on its way out counts before what is stored already.
    #[must_use]
    pub fn entry_html(&self, bubble: &Bubble, marks: &[(ClientId, Mark)]) -> String {
        let scene = Scene {
            chat: self.chat,
            me: self.me,
            name_of: &|user| name_of(&self.names, user).to_owned(),
            is_group: self.is_group,
        };
        let mark = marks.iter().rev().find(|(of, _)| *of == bubble.client_id && bubble.sender == self.me);
        bubble_html(bubble, scene, mark.map(|(_, mark)| mark)).into_string()
    }
}
