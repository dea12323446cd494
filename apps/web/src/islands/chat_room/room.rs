//! The state of an open chat, and how it hears what happens.

use std::time::Duration;

use balloond_shared::{
    ChatId, ClientId, ErrorCode, UserId,
    backoff::backoff_ms,
    catch_up::{CatchUp, Next},
    chat::{Message, Messages, Quote},
    event::{ClientEvent, ServerEvent},
    outbox::{Delivery, Outbox, Outgoing},
    timeline::Timeline,
};
use chrono::{DateTime, Utc};
use leptos::{html, prelude::*, task::spawn_local};
use serde::Deserialize;

use super::{composer::Composing, menu::Chosen, typing::Typing};
use crate::{
    browser::{
        api,
        realtime::{self, Connection},
        storage,
    },
    bubbles::{Bubble, bubbles, first_new, marks},
    components::bubble::Mark,
    when::Clock,
};

/// A chat's title and members, as far as a room needs them.
#[derive(Deserialize)]
struct Named {
    title: String,
    members: Vec<NamedMember>,
}

#[derive(Deserialize)]
struct NamedMember {
    id: UserId,
    name: String,
}

/// What a room begins with.
pub struct RoomProps {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    pub names: Vec<(UserId, String)>,
    pub messages: Messages,
    pub now: DateTime<Utc>,
    /// What the plain form answers.
    pub reply: Option<Quote>,
    /// Why the plain form was refused.
    pub refused: Option<String>,
}

/// An open chat; a handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Room {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    pub names: StoredValue<Vec<(UserId, String)>>,
    pub timeline: RwSignal<Timeline>,
    pub outbox: RwSignal<Outbox>,
    pub clock: RwSignal<Clock>,
    pub bubbles: Memo<Vec<Bubble>>,
    /// Where each message of one's own stands.
    pub marks: Memo<Vec<(ClientId, Mark)>>,
    pub connection: RwSignal<Connection>,
    pub typing: RwSignal<Typing>,
    /// Who else is online; none while that is not known.
    pub online: RwSignal<Option<Vec<UserId>>>,
    /// Sends that failed one after the other for want of an answer.
    pub failed_tries: RwSignal<u32>,
    /// Messages of others that came while their reader was further up.
    pub unseen: RwSignal<usize>,
    pub log: NodeRef<html::Div>,
    pub loading_older: RwSignal<bool>,
    pub catching_up: StoredValue<CatchUp>,
    /// Joins that failed one after the other.
    pub failed_joins: StoredValue<u32>,
    /// The read cursor that was told last.
    pub told_read: StoredValue<i64>,
    pub field: NodeRef<html::Textarea>,
    /// What is in the field.
    pub text: RwSignal<String>,
    pub composing: RwSignal<Composing>,
    /// Why what was asked for last was not done.
    pub refused: RwSignal<Option<String>>,
    /// The message that a menu is open for.
    pub chosen: RwSignal<Option<Chosen>>,
    pub menu: NodeRef<html::Div>,
}

impl Room {
    pub fn new(props: RoomProps) -> Self {
        let RoomProps { chat, me, is_group, names, messages, now, reply, refused } = props;
        let first_new = first_new(&messages, me);
        let timeline = RwSignal::new(Timeline::new(messages));
        let outbox = RwSignal::new(Outbox::default());
        let clock = RwSignal::new(Clock::utc(now));
        let names = StoredValue::new(names);
        let failed_tries = RwSignal::new(0);
        Self {
            chat,
            me,
            is_group,
            names,
            timeline,
            outbox,
            clock,
            bubbles: Memo::new(move |_| {
                timeline.with(|timeline| {
                    outbox.with(|outbox| bubbles(timeline.messages(), outbox, me, clock.get(), is_group, first_new))
                })
            }),
            marks: Memo::new(move |_| {
                timeline.with(|timeline| {
                    let read = |names: &Vec<(UserId, String)>| read_by_others(timeline, me, names);
                    let read_to = names.with_value(read);
                    outbox.with(|outbox| marks(timeline.messages(), outbox, me, read_to, failed_tries.get() > 0))
                })
            }),
            connection: RwSignal::new(Connection::Connecting),
            typing: RwSignal::new(Typing::default()),
            online: RwSignal::new(None),
            failed_tries,
            unseen: RwSignal::new(0),
            log: NodeRef::new(),
            loading_older: RwSignal::new(false),
            catching_up: StoredValue::new(CatchUp::default()),
            failed_joins: StoredValue::new(0),
            told_read: StoredValue::new(0),
            field: NodeRef::new(),
            text: RwSignal::new(String::new()),
            composing: RwSignal::new(reply.map_or(Composing::New, Composing::Reply)),
            refused: RwSignal::new(refused),
            chosen: RwSignal::new(None),
            menu: NodeRef::new(),
        }
    }

    /// From here on the browser has it: the reader's clock, what a reload left behind, the socket.
    pub fn come_alive(self) {
        self.clock.set(Clock::of_reader());
        let left: Outbox = storage::kept::<Outgoing>(&self.outbox_key()).into_iter().collect();
        self.outbox.set(interrupted(left));
        let connection = realtime::connection();
        Effect::new(move |_| {
            let now = connection.get();
            if now != Connection::Open {
                self.online.set(None);
            }
            self.connection.set(now);
        });
        realtime::listen(move |heard| heard.event.iter().for_each(|event| self.hear(event)));
        self.watch_reading();
        self.send_next();
    }

    fn hear(self, event: &ServerEvent) {
        match event {
            ServerEvent::Ready { .. } => self.joined(),
            ServerEvent::Message { message } if message.chat == self.chat => self.take_live(message.clone()),
            ServerEvent::Read { chat, cursor } if *chat == self.chat => {
                self.timeline.update(|timeline| timeline.take_read(*cursor))
            }
            ServerEvent::Typing { chat, user } if *chat == self.chat && *user != self.me => self.typing_begins(*user),
            ServerEvent::Presence { chat, online } if *chat == self.chat => self.online.set(online.clone()),
            ServerEvent::Subscribed { chat, head } if *chat == self.chat => {
                self.failed_joins.set_value(0);
                self.catch_up_to(*head);
            }
            ServerEvent::Error { code: ErrorCode::Unavailable, .. } => self.join_later(),
            ServerEvent::ChatChanged { chat } if *chat == self.chat => self.renew_names(),
            ServerEvent::ChatClosed { chat } if *chat == self.chat => crate::browser::go_to("/chats"),
            ServerEvent::Resync { chat } if chat.is_none_or(|chat| chat == self.chat) => self.catch_up(),
            _ => {}
        }
    }

    /// The read cursors of an absence come with catching up; whatever could not be sent goes out now.
    fn joined(self) {
        self.join();
        self.resume_catching_up();
        self.catch_up();
        self.send_next();
        if self.is_group {
            self.renew_names();
        }
    }

    fn join(self) {
        let since = self.timeline.with_untracked(Timeline::synced);
        realtime::send(&ClientEvent::Subscribe { chat: self.chat, since });
    }

    /// The database was away when the socket asked to hear the chat.
    fn join_later(self) {
        let tries = self.failed_joins.get_value();
        self.failed_joins.set_value(tries.saturating_add(1));
        after(tries, move || self.join());
    }

    /// A group's title and members may be others now.
    fn renew_names(self) {
        spawn_local(async move {
            if let Ok(now) = api::get::<Named>(&format!("/chats/{}", self.chat)).await {
                self.names.set_value(now.members.into_iter().map(|member| (member.id, member.name)).collect());
                if let Ok(Some(title)) = document().query_selector(".room-person h1") {
                    title.set_text_content(Some(&now.title));
                }
            }
        });
    }

    fn take_live(self, message: Message) {
        let is_new = message.seq > self.timeline.with_untracked(Timeline::newest);
        if message.sender == self.me {
            self.confirm(message.client_id);
        } else {
            self.typing_ends(message.sender);
        }
        let of_another = is_new && message.sender != self.me && message.line.is_none();
        self.keep_place(of_another, || self.timeline.update(|timeline| timeline.take_message(message)));
        if self.timeline.with_untracked(Timeline::has_gap) {
            self.catch_up();
        }
    }

    fn catch_up_to(self, head: i64) {
        if self.timeline.with_untracked(Timeline::synced) < head {
            self.catch_up();
        }
    }

    /// Fetches all that changed since what is known, or the newest window when that is too much; one at a time.
    pub fn catch_up(self) {
        let mut asks = false;
        self.catching_up.update_value(|catching_up| asks = catching_up.want());
        if asks {
            self.fetch_changes();
        }
    }

    /// What nobody answered is asked again, however long the wait would have been.
    fn resume_catching_up(self) {
        let mut asks = false;
        self.catching_up.update_value(|catching_up| asks = catching_up.resume());
        if asks {
            self.fetch_changes();
        }
    }

    fn fetch_changes(self) {
        spawn_local(async move {
            let since = self.timeline.with_untracked(Timeline::synced);
            let page = api::get::<Messages>(&format!("/chats/{}/messages?since={since}", self.chat)).await;
            // What is refused for good will be refused again.
            let is_over = page.as_ref().err().is_none_or(|failure| !failure.is_passing());
            let is_answered = page.is_ok();
            page.into_iter().for_each(|page| self.take_changes(page));
            let has_gap = is_answered && self.timeline.with_untracked(Timeline::has_gap);
            let mut next = Next::Rest;
            self.catching_up.update_value(|catching_up| next = catching_up.over(is_over, has_gap));
            match next {
                Next::Rest => {}
                Next::AskNow => self.fetch_changes(),
                Next::AskLater(attempt) => after(attempt, move || self.resume_catching_up()),
            }
        });
    }

    fn take_changes(self, page: Messages) {
        let newest = self.timeline.with_untracked(Timeline::newest);
        for message in page.items.iter().filter(|message| message.sender == self.me) {
            self.confirm(message.client_id);
        }
        let is_said = |message: &Message| message.sender != self.me && message.line.is_none();
        let of_another = page.items.iter().any(|message| message.seq > newest && is_said(message));
        self.keep_place(of_another, || self.timeline.update(|timeline| timeline.take_changes(page)));
    }

    /// A page of history, above what is shown.
    pub fn load_older(self) {
        let Some(before) = self.timeline.with_untracked(Timeline::older_than) else { return };
        if self.loading_older.get_untracked() {
            return;
        }
        self.loading_older.set(true);
        spawn_local(async move {
            if let Ok(page) = api::get::<Messages>(&format!("/chats/{}/messages?before={before}", self.chat)).await {
                self.timeline.update(|timeline| timeline.take_history(before, page));
            }
            self.loading_older.set(false);
        });
    }

    pub fn name_of(self, user: UserId) -> String {
        self.names
            .with_value(|names| names.iter().find(|(member, _)| *member == user).map(|(_, name)| name.clone()))
            .unwrap_or_else(|| "Somebody".to_owned())
    }

    /// What the keys of unsent messages begin with. Each has one of its own, which ends with an id that tells when it was written: so two
    /// tabs of one chat do not write over each other, and what both send is stored once.
    pub fn outbox_key(self) -> String {
        format!("outbox:{}:{}:", self.me, self.chat)
    }
}

/// How far everybody else has read.
fn read_by_others(timeline: &Timeline, me: UserId, names: &[(UserId, String)]) -> i64 {
    let others = names.iter().filter(|(member, _)| *member != me);
    others.map(|(member, _)| timeline.read_by(*member)).min().unwrap_or(0)
}

/// Does something after a wait, the longer the more often it failed.
fn after(failures: u32, act: impl FnOnce() + 'static) {
    set_timeout(act, Duration::from_millis(backoff_ms(failures, js_sys::Math::random()).into()));
}

/// Of what was under way when the page was left, the outcome is not known.
fn interrupted(mut outbox: Outbox) -> Outbox {
    let under_way: Vec<_> = outbox
        .iter()
        .filter(|outgoing| outgoing.delivery == Delivery::Sending)
        .map(|outgoing| outgoing.message.client_id)
        .collect();
    for client_id in under_way {
        outbox.requeue(client_id);
    }
    outbox
}
