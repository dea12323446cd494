//! The page's one socket, shared by its islands. The socket only tells; it comes back by itself.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use balloond_shared::{
    backoff::backoff_ms,
    event::{ClientEvent, ServerEvent},
};
use leptos::{
    leptos_dom::helpers::TimeoutHandle,
    prelude::{ArcRwSignal, Set, document, set_timeout_with_handle, window},
    task::spawn_local,
};
use web_sys::{Event, MessageEvent, WebSocket};

pub use super::event::Heard;
use super::{api, drawn::hear, event::decode};

/// How the page stands to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not yet, or by choice not now.
    Connecting,
    Open,
    /// It broke off; another try follows by itself.
    Lost,
    /// The session is over.
    SignedOut,
}

type Listener = Rc<dyn Fn(&Heard)>;

/// The one socket of a page.
struct Socket {
    current: RefCell<Option<WebSocket>>,
    listeners: RefCell<Vec<Listener>>,
    connection: ArcRwSignal<Connection>,
    /// Tries since the last connection that worked.
    attempts: Cell<u32>,
    retry: Cell<Option<TimeoutHandle>>,
}

thread_local! {
    static SOCKET: Rc<Socket> = Rc::new(Socket {
        current: RefCell::default(),
        listeners: RefCell::default(),
        connection: ArcRwSignal::new(Connection::Connecting),
        attempts: Cell::new(0),
        retry: Cell::new(None),
    });
}

/// Hears every event from now on, for as long as the page lives. The first listener opens the socket.
pub fn listen(listener: impl Fn(&Heard) + 'static) {
    SOCKET.with(|socket| {
        let first = socket.listeners.borrow().is_empty();
        socket.listeners.borrow_mut().push(Rc::new(listener));
        if first {
            socket.clone().connect();
            come_back_with_the_page(socket);
        }
    });
}

/// How the page stands to the server.
#[must_use]
pub fn connection() -> ArcRwSignal<Connection> {
    SOCKET.with(|socket| socket.connection.clone())
}

/// Sends, if there is a connection; what is said over the socket is worth nothing later.
pub fn send(event: &ClientEvent) {
    SOCKET.with(|socket| {
        let current = socket.current.borrow();
        if let Some(current) = current.as_ref().filter(|current| current.ready_state() == WebSocket::OPEN) {
            let _ = current.send_with_str(&api::encode(event));
        }
    });
}

/// Where the socket is: the API's address, with the scheme of sockets.
fn address() -> String {
    let address = api::address("/realtime");
    match address.strip_prefix("http") {
        Some(rest) => format!("ws{rest}"),
        None => address,
    }
}

/// A page that becomes visible, or a network that is back, does not wait for the next try. A browser that says it is offline is
/// believed: its socket can seem to be open long after. A page that is put aside closes its socket: the browser can then keep the
/// page as it is for the way back.
fn come_back_with_the_page(socket: &Rc<Socket>) {
    let wake = || {
        let socket = socket.clone();
        move || socket.clone().connect_now()
    };
    let (online, shown, seen) = (wake(), wake(), wake());
    let (offline, hiding) = (socket.clone(), socket.clone());
    let window = window();
    hear(&window, "online", move |_: Event| online());
    hear(&window, "pageshow", move |_: Event| shown());
    hear(&window, "offline", move |_: Event| offline.clone().lose());
    hear(&window, "pagehide", move |_: Event| hiding.close());
    hear(&document(), "visibilitychange", move |_: Event| {
        if super::is_visible() {
            seen();
        }
    });
}

impl Socket {
    fn connect_now(self: Rc<Self>) {
        self.attempts.set(0);
        self.connect();
    }

    fn connect(self: Rc<Self>) {
        if let Some(retry) = self.retry.take() {
            retry.clear();
        }
        if self.current.borrow().is_some() {
            return;
        }
        let Ok(socket) = WebSocket::new(&address()) else { return };
        let was_ready = Rc::new(Cell::new(false));

        let (this, ready) = (self.clone(), was_ready.clone());
        hear(&socket, "message", move |event: MessageEvent| {
            let heard = event.data().as_string().and_then(|text| decode(&text));
            if let Some(heard) = heard {
                ready.set(true);
                this.hear(&heard);
            }
        });
        let (this, closing) = (self.clone(), socket.clone());
        hear(&socket, "close", move |_: Event| {
            // One that was put aside is none of ours any more.
            if this.current.borrow().as_ref() == Some(&closing) {
                this.clone().closed(was_ready.get());
            }
        });

        self.current.replace(Some(socket));
    }

    fn hear(&self, heard: &Heard) {
        if matches!(heard.event, Some(ServerEvent::Ready { .. })) {
            self.attempts.set(0);
            self.connection.set(Connection::Open);
        }
        // A listener may add another.
        let listeners = self.listeners.borrow().clone();
        for listener in &listeners {
            listener(heard);
        }
    }

    /// A browser does not tell why a socket was refused. One that never opened may have come with an access token that has run out.
    fn closed(self: Rc<Self>, was_ready: bool) {
        self.current.replace(None);
        if was_ready {
            self.retry_later();
            return;
        }
        spawn_local(async move {
            match api::refresh().await {
                Err(failure) if failure.is_signed_out() => self.connection.set(Connection::SignedOut),
                _ => self.retry_later(),
            }
        });
    }

    fn retry_later(self: Rc<Self>) {
        let attempt = self.attempts.get();
        self.attempts.set(attempt.saturating_add(1));
        // A first try comes so soon that to speak of it would only be restless.
        if attempt > 0 {
            self.connection.set(Connection::Lost);
        }
        let wait = Duration::from_millis(backoff_ms(attempt, js_sys::Math::random()).into());
        let this = self.clone();
        self.retry.set(set_timeout_with_handle(move || this.clone().connect(), wait).ok());
    }

    fn lose(self: Rc<Self>) {
        self.close();
        self.connection.set(Connection::Lost);
        self.retry_later();
    }

    fn close(&self) {
        if let Some(retry) = self.retry.take() {
            retry.clear();
        }
        if let Some(socket) = self.current.take() {
            let _ = socket.close();
        }
    }
}
