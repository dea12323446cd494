//! A client: a device of somebody's, with a view of each of their chats and an outbox. What it shows is the product's own merge.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use balloond_client::reqwest::Method;
use balloond_shared::{
    ChatId, ClientId, UserId,
    catch_up::{CatchUp, Next},
    chat::{Message, Messages, SendMessage},
    outbox::Outbox,
    timeline::Timeline,
};
use serde_json::json;
use tokio::{
    sync::{Notify, watch},
    task::spawn_local,
    time::timeout,
};

use crate::{
    api::{Api, Failure, wait_before},
    tally::Tally,
};

/// What a client knows of a chat.
pub struct View {
    pub timeline: Timeline,
    pub catch_up: CatchUp,
    pub outbox: Outbox,
    /// Who was said to be online last; `None`: it is not known.
    pub online: Option<Vec<UserId>>,
}

pub struct Client {
    pub number: usize,
    pub user: UserId,
    /// What it reacts with; another device of the same person's has another.
    pub emoji: &'static str,
    pub api: Api,
    pub views: RefCell<HashMap<ChatId, View>>,
    /// Its person looks at it; else it has no socket.
    pub is_here: watch::Sender<bool>,
    pub is_connected: Cell<bool>,
    /// The socket is back: whatever waits to be sent need not wait longer.
    pub is_back: Notify,
    pub tally: Rc<Tally>,
}

/// A page of a chat that nothing was said in.
fn nothing() -> Messages {
    Messages { items: Vec::new(), head: 0, more: false, limited: false, read: Vec::new() }
}

impl Client {
    pub fn new(
        number: usize,
        (user, emoji, api): (UserId, &'static str, Api),
        chats: &[ChatId],
        tally: Rc<Tally>,
    ) -> Self {
        let view = || View {
            timeline: Timeline::new(nothing()),
            catch_up: CatchUp::default(),
            outbox: Outbox::default(),
            online: None,
        };
        Self {
            number,
            user,
            emoji,
            api,
            views: RefCell::new(chats.iter().map(|chat| (*chat, view())).collect()),
            is_here: watch::Sender::new(true),
            is_connected: Cell::new(false),
            is_back: Notify::new(),
            tally,
        }
    }

    pub fn chats(&self) -> Vec<ChatId> {
        self.views.borrow().keys().copied().collect()
    }

    /// Looks into a view, or changes it.
    pub fn view<T>(&self, chat: ChatId, look: impl FnOnce(&mut View) -> T) -> Option<T> {
        self.views.borrow_mut().get_mut(&chat).map(look)
    }

    /// Takes a live event, or the answer to what it did.
    pub fn take(self: &Rc<Self>, message: Message) {
        let chat = message.chat;
        let has_gap = self.view(chat, |view| {
            self.confirm(view, &message);
            view.timeline.take_message(message);
            view.timeline.has_gap()
        });
        if has_gap == Some(true) {
            self.catch_up(chat);
        }
    }

    /// What comes back as one's own was stored, whether or not its sending was answered.
    fn confirm(&self, view: &mut View, message: &Message) {
        if message.sender == self.user {
            view.outbox.confirm(message.client_id);
            self.tally.acknowledge(message.client_id, message.id);
        }
    }

    /// Fetches what was missed, until nothing is missing.
    pub fn catch_up(self: &Rc<Self>, chat: ChatId) {
        if self.view(chat, |view| view.catch_up.want()) == Some(true) {
            let client = Rc::clone(self);
            spawn_local(async move {
                loop {
                    let since = client.view(chat, |view| view.timeline.synced()).unwrap_or_default();
                    let page = client.changes(chat, since).await;
                    let next = client.view(chat, |view| {
                        // A view that began anew meanwhile may be older than what was asked for.
                        let fits = view.timeline.synced() >= since;
                        let is_answered = page.is_ok();
                        if let Some(page) = page.ok().filter(|_| fits) {
                            page.items.iter().for_each(|message| client.confirm(view, message));
                            view.timeline.take_changes(page);
                        }
                        view.catch_up.over(is_answered, view.timeline.has_gap() || !fits)
                    });
                    match next {
                        Some(Next::AskNow) => {}
                        Some(Next::AskLater(attempt)) => {
                            // A socket that is back says that the way is free.
                            let _ = timeout(wait_before(attempt), client.is_back.notified()).await;
                            client.view(chat, |view| view.catch_up.resume());
                        }
                        Some(Next::Rest) | None => return,
                    }
                }
            });
        }
    }

    async fn changes(&self, chat: ChatId, since: i64) -> Result<Messages, Failure> {
        self.api.call(Method::GET, &format!("/chats/{chat}/messages?since={since}"), None).await
    }

    /// Asks for changes once more, and says whether that was answered: cursors come with it.
    pub async fn renew(&self, chat: ChatId) -> bool {
        let since = self.view(chat, |view| view.timeline.synced()).unwrap_or_default();
        let path = format!("/chats/{chat}/messages?since={since}");
        let page = self.api.persist::<Messages>(Method::GET, &path, None).await;
        page.is_ok_and(|page| self.view(chat, |view| view.timeline.take_changes(page)).is_some())
    }

    /// Forgets a view and begins with the newest page, as a reload does.
    pub async fn reload(&self, chat: ChatId) {
        let page = self.api.persist::<Messages>(Method::GET, &format!("/chats/{chat}/messages"), None).await;
        if let Ok(page) = page {
            self.view(chat, |view| view.timeline = Timeline::new(page));
        }
    }

    /// Pages back to the beginning.
    pub async fn load_all(&self, chat: ChatId) {
        while let Some(before) = self.view(chat, |view| view.timeline.older_than()).flatten() {
            let path = format!("/chats/{chat}/messages?before={before}&limit=100");
            match self.api.persist::<Messages>(Method::GET, &path, None).await {
                Ok(page) => self.view(chat, |view| view.timeline.take_history(before, page)),
                Err(_) => return,
            };
        }
    }

    /// Writes a message; it goes out when those before it are through.
    pub fn write(self: &Rc<Self>, chat: ChatId) -> ClientId {
        let client_id = ClientId::new();
        let body = self.tally.write(client_id, self.number, chat);
        self.view(chat, |view| view.outbox.push(SendMessage { client_id, body, reply_to: None }));
        let client = Rc::clone(self);
        spawn_local(async move { client.send_all(chat).await });
        client_id
    }

    pub fn has_unsent(&self) -> bool {
        self.views.borrow().values().any(|view| !view.outbox.is_empty())
    }

    pub fn unsent(&self, chat: ChatId) -> usize {
        self.view(chat, |view| view.outbox.iter().count()).unwrap_or_default()
    }

    /// Sends what waits, one after the other; somebody else may be at it already.
    async fn send_all(self: &Rc<Self>, chat: ChatId) {
        let mut tries = 0;
        while let Some(message) = self.view(chat, |view| view.outbox.next_to_send()).flatten() {
            let id = message.client_id;
            let body = json!(message);
            let wait =
                match self.api.call::<Message>(Method::POST, &format!("/chats/{chat}/messages"), Some(&body)).await {
                    Ok(message) => {
                        tries = 0;
                        self.take(message);
                        continue;
                    }
                    Err(Failure::Refused(code)) => {
                        self.tally.unexpected(format!("a message was refused: {code:?}"));
                        self.view(chat, |view| view.outbox.discard(id));
                        continue;
                    }
                    Err(Failure::Wait(wait)) => wait,
                    Err(Failure::Unreachable) => wait_before(tries),
                };
            tries += 1;
            let _ = timeout(wait, self.is_back.notified()).await;
            self.view(chat, |view| view.outbox.requeue(id));
        }
    }
}
