//! What is said in an open chat: all that its log is drawn from, by the server first and then by the browser.

use balloond_shared::{
    ChatId, ClientId, UserId,
    chat::{Messages, Quote},
    outbox::Outbox,
    timeline::Timeline,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bubbles::{Bubble, bubbles, first_new, marks},
    components::bubble::{Mark, Scene, bubble_html},
    when::Clock,
};

/// What the server drew a room from; the room carries it, so that the browser can go on from there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beginning {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    /// Of the members.
    pub names: Vec<(UserId, String)>,
    /// The newest page.
    pub messages: Messages,
    /// When the page was drawn.
    pub now: DateTime<Utc>,
    /// What the plain form answers.
    pub reply: Option<Quote>,
    /// Why the plain form was refused.
    pub refused: Option<String>,
}

/// An open chat's messages, and how they are seen.
#[derive(Clone, Debug)]
pub struct Talk {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    pub names: Vec<(UserId, String)>,
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
        let others = self.names.iter().filter(|(member, _)| *member != self.me);
        let read_to = others.map(|(member, _)| self.timeline.read_by(*member)).min().unwrap_or(0);
        marks(self.timeline.messages(), &self.outbox, self.me, read_to, self.failed_tries > 0)
    }

    /// A bubble, and what stands above it. What is on its way out counts before what is stored already.
    #[must_use]
    pub fn entry_html(&self, bubble: &Bubble, marks: &[(ClientId, Mark)]) -> String {
        let scene =
            Scene { chat: self.chat, me: self.me, name_of: &|user| self.name_of(user), is_group: self.is_group };
        let mark = marks.iter().rev().find(|(of, _)| *of == bubble.client_id && bubble.sender == self.me);
        bubble_html(bubble, scene, mark.map(|(_, mark)| mark)).into_string()
    }

    #[must_use]
    pub fn name_of(&self, user: UserId) -> String {
        let member = self.names.iter().find(|(member, _)| *member == user);
        member.map_or_else(|| "Somebody".to_owned(), |(_, name)| name.clone())
    }
}
