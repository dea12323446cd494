//! The state of an open chat, and how it hears what happens.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use balloond_shared::{
    ChatId, ErrorCode, UserId,
    backoff::backoff_ms,
    catch_up::{CatchUp, Next},
    chat::{Message, Messages},
    event::{ClientEvent, ServerEvent},
    timeline::Timeline,
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};

use super::{composer::Composing, log::Shown, menu::Chosen, typing::Typing};
use crate::{
    browser::{
        api,
        debounce::Debounce,
        drawn::{Drawn, hear, keep},
        json::{self, Json, Read},
        realtime::{self, Connection},
    },
    talk::{Beginning, Named, Talk, name_of},
    when::Clock,
};

/// A chat's title and members, as far as a room needs them.
struct Renamed {
    title: String,
    members: Vec<Named>,
}

impl Read for Renamed {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { title: json.get("title")?, members: json.get("members")? })
    }
}

/// How a room stands, but for what is said in it.
#[derive(Clone, Debug)]
pub struct Status {
    pub typing: Typing,
    /// Who else is online; none while that is not known.
    pub online: Option<Vec<UserId>>,
    /// Messages of others that came while their reader was further up.
    pub unseen: usize,
    pub loading_older: bool,
    pub composing: Composing,
    /// Why what was asked for last was not done.
    pub refused: Option<String>,
    /// The message that a menu is open for.
    pub chosen: Option<Chosen>,
}

/// An open chat. There is one for as long as its page lives.
pub struct Room {
    pub chat: ChatId,
    pub me: UserId,
    pub is_group: bool,
    pub talk: RwSignal<Talk>,
    pub status: RwSignal<Status>,
    pub drawn: Drawn,
    pub log: Element,
    pub log_inner: Element,
    pub field: HtmlTextAreaElement,
    pub shown: RefCell<Shown>,
    pub menu_shown: Cell<Option<Chosen>>,
    catching_up: RefCell<CatchUp>,
    /// Joins that failed one after the other.
    failed_joins: Cell<u32>,
    /// The read cursor that was told last.
    pub told_read: Cell<i64>,
    /// Milliseconds since 1970.
    pub said_typing_at: Cell<i64>,
}

impl Room {
    /// The room of this page, as the server drew it.
    pub fn find() -> Option<&'static Self> {
        let drawn = Drawn::find(".room")?;
        let beginning: Beginning = json::read(&drawn.part("script")?.text_content()?)?;
        let status = Status {
            typing: Typing::default(),
            online: None,
            unseen: 0,
            loading_older: false,
            composing: beginning.reply.clone().map_or(Composing::New, Composing::Reply),
            refused: beginning.refused.clone(),
            chosen: None,
        };
        Some(Box::leak(Box::new(Self {
            chat: beginning.chat,
            me: beginning.me,
            is_group: beginning.is_group,
            talk: RwSignal::new(Talk::new(beginning)),
            status: RwSignal::new(status),
            log: drawn.part(".log")?,
            log_inner: drawn.part(".log-inner")?,
            field: drawn.part("#body")?.dyn_into().ok()?,
            drawn,
            shown: RefCell::default(),
            menu_shown: Cell::new(None),
            catching_up: RefCell::default(),
            failed_joins: Cell::new(0),
            told_read: Cell::new(0),
            said_typing_at: Cell::new(0),
        })))
    }

    /// From here on the browser has it: the reader's clock, what a reload left behind, the socket.
    pub fn come_alive(&'static self) {
        self.adopt_log();
        self.talk.update(|talk| {
            talk.clock = Clock::of_reader();
            talk.outbox = self.left_behind();
        });
        let read = std::rc::Rc::new(Debounce::new(250, || self.tell_read()));
        let (visible, talk) = (read.clone(), read.clone());
        hear(&document(), "visibilitychange", move |_: ev::Event| visible.call());
        keep(move || {
            self.draw_log();
            talk.call();
        });
        let connection = realtime::connection();
        keep(move || {
            self.status.with(|status| self.draw_status(status, connection.get()));
            read.call();
        });
        hear(self.drawn.element(), "keydown", |event: ev::KeyboardEvent| {
            if event.key() == "Escape" && !event.is_composing() && !self.close_menu() {
                self.compose(Composing::New);
            }
        });
        hear(&self.log, "scroll", |_: ev::Event| self.scrolled());
        hear(&self.log, "click", |event: ev::MouseEvent| self.clicked(&event));
        self.drawn.hear(".menu", "click", |event: ev::Event| self.pressed(&event));
        self.drawn.hear(".chip", "click", |_: ev::Event| self.to_the_end());
        self.bring_composer_to_life();
        realtime::listen(|heard| heard.event.iter().for_each(|event| self.hear(event)));
        self.send_next();
    }

    fn draw_status(&self, status: &Status, connection: Connection) {
        self.drawn.say(".room-typing", &self.presence_line(status, connection));
        let words = connection_words(connection);
        self.drawn.set(".connection", "class", Some(if words.is_empty() { "connection" } else { "connection shown" }));
        self.drawn.say(".connection span", words);
        self.drawn.show(".connection a", connection == Connection::SignedOut);
        self.drawn.say(".older a", if status.loading_older { "Loading…" } else { "Earlier messages" });
        self.drawn.show(".chip", status.unseen > 0);
        self.drawn.say(".chip span", &format!("{} new", status.unseen));
        self.draw_menu(status.chosen);
        self.draw_composer(status);
    }

    fn hear(&'static self, event: &ServerEvent) {
        match event {
            ServerEvent::Ready { .. } => self.joined(),
            ServerEvent::Message { message } if message.chat == self.chat => self.take_live(message.clone()),
            ServerEvent::Read { chat, cursor } if *chat == self.chat => {
                self.merge(|timeline| timeline.take_read(*cursor))
            }
            ServerEvent::Typing { chat, user } if *chat == self.chat && *user != self.me => self.typing_begins(*user),
            ServerEvent::Presence { chat, online } if *chat == self.chat => {
                self.status.update(|status| status.online.clone_from(online));
            }
            ServerEvent::Subscribed { chat, head } if *chat == self.chat => {
                self.failed_joins.set(0);
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
    fn joined(&'static self) {
        self.status.update(|status| status.online = None);
        self.join();
        self.resume_catching_up();
        self.catch_up();
        self.send_next();
        if self.is_group {
            self.renew_names();
        }
    }

    fn join(&'static self) {
        let since = self.talk.with_untracked(|talk| talk.timeline.synced());
        realtime::send(&ClientEvent::Subscribe { chat: self.chat, since });
    }

    /// The database was away when the socket asked to hear the chat.
    fn join_later(&'static self) {
        let tries = self.failed_joins.get();
        self.failed_joins.set(tries.saturating_add(1));
        after(tries, move || self.join());
    }

    /// A group's title and members may be others now.
    fn renew_names(&'static self) {
        spawn_local(async move {
            if let Ok(now) = api::get::<Renamed>(&format!("/chats/{}", self.chat)).await {
                self.talk.update(|talk| talk.names = now.members);
                self.drawn.say(".room-person h1", &now.title);
            }
        });
    }

    fn take_live(&'static self, message: Message) {
        let is_new = message.seq > self.talk.with_untracked(|talk| talk.timeline.newest());
        if message.sender == self.me {
            self.confirm(message.client_id);
        } else {
            self.typing_ends(message.sender);
        }
        let of_another = is_new && message.sender != self.me && message.line.is_none();
        self.keep_place(of_another, |timeline| timeline.take_message(message));
        self.close_gap();
    }

    fn catch_up_to(&'static self, head: i64) {
        if self.talk.with_untracked(|talk| talk.timeline.synced()) < head {
            self.catch_up();
        }
    }

    /// Fetches all that changed since what is known, or the newest window when that is too much; one at a time.
    pub fn catch_up(&'static self) {
        if self.catching_up.borrow_mut().want() {
            self.fetch_changes();
        }
    }

    /// What nobody answered is asked again, however long the wait would have been.
    fn resume_catching_up(&'static self) {
        if self.catching_up.borrow_mut().resume() {
            self.fetch_changes();
        }
    }

    fn fetch_changes(&'static self) {
        spawn_local(async move {
            let since = self.talk.with_untracked(|talk| talk.timeline.synced());
            let page = api::get::<Messages>(&format!("/chats/{}/messages?since={since}", self.chat)).await;
            // What is refused for good will be refused again.
            let is_over = page.as_ref().err().is_none_or(|failure| !failure.is_passing());
            let is_answered = page.is_ok();
            page.into_iter().for_each(|page| self.take_changes(page));
            let has_gap = is_answered && self.has_gap();
            let next = self.catching_up.borrow_mut().over(is_over, has_gap);
            match next {
                Next::Rest => {}
                Next::AskNow => self.fetch_changes(),
                Next::AskLater(attempt) => after(attempt, move || self.resume_catching_up()),
            }
        });
    }

    fn take_changes(&'static self, page: Messages) {
        let newest = self.talk.with_untracked(|talk| talk.timeline.newest());
        for message in page.items.iter().filter(|message| message.sender == self.me) {
            self.confirm(message.client_id);
        }
        let is_said = |message: &Message| message.sender != self.me && message.line.is_none();
        let of_another = page.items.iter().any(|message| message.seq > newest && is_said(message));
        self.keep_place(of_another, |timeline| timeline.take_changes(page));
    }

    /// A page of history, above what is shown.
    pub fn load_older(&'static self) {
        let Some(before) = self.talk.with_untracked(|talk| talk.timeline.older_than()) else { return };
        if self.status.with_untracked(|status| status.loading_older) {
            return;
        }
        self.status.update(|status| status.loading_older = true);
        spawn_local(async move {
            if let Ok(page) = api::get::<Messages>(&format!("/chats/{}/messages?before={before}", self.chat)).await {
                self.merge(|timeline| timeline.take_history(before, page));
            }
            self.status.update(|status| status.loading_older = false);
        });
    }

    pub fn name_of(&self, user: UserId) -> String {
        self.talk.with_untracked(|talk| name_of(&talk.names, user).to_owned())
    }

    /// Takes something into what is known of the chat.
    pub fn merge(&self, take: impl FnOnce(&mut Timeline)) {
        self.talk.update(|talk| take(&mut talk.timeline));
    }

    fn has_gap(&self) -> bool {
        self.talk.with_untracked(|talk| talk.timeline.has_gap())
    }

    /// What came tells that something before it did not.
    pub fn close_gap(&'static self) {
        if self.has_gap() {
            self.catch_up();
        }
    }
}

/// Quiet while all is well.
const fn connection_words(connection: Connection) -> &'static str {
    match connection {
        Connection::Connecting | Connection::Open => "",
        Connection::Lost => "Connection lost. Trying again…",
        Connection::SignedOut => "You are logged out. ",
    }
}

/// Does something after a wait, the longer the more often it failed.
fn after(failures: u32, act: impl FnOnce() + 'static) {
    set_timeout(act, Duration::from_millis(backoff_ms(failures, js_sys::Math::random()).into()));
}
