//! One function a route, named for what it does.

use balloond_shared::{
    ApiTokenId, BalloonId, ChatId, Cursor, MessageId, Page, UserId,
    api_token::{ApiToken, MakeApiToken, NewApiToken},
    auth::{Login, Refresh, Register, SignedIn, Verify},
    balloon::{FloatBalloon, ReceivedBalloon, SentBalloon},
    chat::{Chat, ChatSummary, EditMessage, MarkRead, Message, Messages, MessagesQuery, ReadCursor, SendMessage},
    people::{PeopleQuery, Person},
    profile::{EditProfile, Me, Profile},
    second_step::{SecondStep, SecondStepNeeded},
};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Client, Error};

/// What a right password leads to.
#[derive(Clone)]
pub enum LoggedIn {
    SignedIn(Box<SignedIn>),
    /// A code is needed: see [`Client::second_step`].
    SecondStep(SecondStepNeeded),
}

const NOTHING: Option<&()> = None;

/// Accounts.
impl Client {
    pub async fn register(&self, request: &Register) -> Result<SignedIn, Error> {
        self.post("auth/register", request).await
    }

    /// By the code from the mail.
    pub async fn verify(&self, request: &Verify) -> Result<Me, Error> {
        self.post("me/verify", request).await
    }

    pub async fn log_in(&self, request: &Login) -> Result<LoggedIn, Error> {
        let (status, text) = self.ask(Method::POST, "auth/login", Some(request)).await?;
        let read = match status {
            202 => serde_json::from_slice(&text).map(LoggedIn::SecondStep),
            _ => serde_json::from_slice(&text).map(LoggedIn::SignedIn),
        };
        read.map_err(|_| Error::Unreadable { status })
    }

    pub async fn second_step(&self, request: &SecondStep) -> Result<SignedIn, Error> {
        self.post("auth/second-step", request).await
    }

    /// The next pair of tokens. Repeated within 30 seconds, it is answered the same.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SignedIn, Error> {
        self.post("auth/refresh", &Refresh { refresh_token: refresh_token.to_owned() }).await
    }

    pub async fn log_out(&self) -> Result<(), Error> {
        self.call(Method::POST, "auth/logout", NOTHING).await
    }

    pub async fn me(&self) -> Result<Me, Error> {
        self.get("me").await
    }

    pub async fn edit_me(&self, request: &EditProfile) -> Result<Me, Error> {
        self.call(Method::PATCH, "me", Some(request)).await
    }

    pub async fn tokens(&self) -> Result<Vec<ApiToken>, Error> {
        self.get("me/tokens").await
    }

    pub async fn make_token(&self, request: &MakeApiToken) -> Result<NewApiToken, Error> {
        self.post("me/tokens", request).await
    }

    pub async fn end_token(&self, token: ApiTokenId) -> Result<(), Error> {
        self.call(Method::DELETE, &format!("me/tokens/{token}"), NOTHING).await
    }
}

/// People and balloons.
impl Client {
    pub async fn people(&self, query: &PeopleQuery) -> Result<Page<Person>, Error> {
        self.get_with("people", query).await
    }

    pub async fn person(&self, user: UserId) -> Result<Profile, Error> {
        self.get(&format!("users/{user}")).await
    }

    pub async fn float(&self, request: &FloatBalloon) -> Result<SentBalloon, Error> {
        self.post("balloons", request).await
    }

    /// Those that wait.
    pub async fn received(&self, cursor: Option<&Cursor>) -> Result<Page<ReceivedBalloon>, Error> {
        self.get_with("balloons", &[("box", Some("received")), ("cursor", cursor.map(|it| it.0.as_str()))]).await
    }

    pub async fn sent(&self, cursor: Option<&Cursor>) -> Result<Page<SentBalloon>, Error> {
        self.get_with("balloons", &[("box", Some("sent")), ("cursor", cursor.map(|it| it.0.as_str()))]).await
    }

    /// The chat that it opens.
    pub async fn catch(&self, balloon: BalloonId) -> Result<Chat, Error> {
        self.call(Method::POST, &format!("balloons/{balloon}/catch"), NOTHING).await
    }

    pub async fn pop(&self, balloon: BalloonId) -> Result<(), Error> {
        self.call(Method::POST, &format!("balloons/{balloon}/pop"), NOTHING).await
    }

    pub async fn withdraw(&self, balloon: BalloonId) -> Result<(), Error> {
        self.call(Method::DELETE, &format!("balloons/{balloon}"), NOTHING).await
    }
}

/// Chats and messages.
impl Client {
    pub async fn chats(&self, cursor: Option<&Cursor>) -> Result<Page<ChatSummary>, Error> {
        self.get_with("chats", &[("cursor", cursor.map(|it| it.0.as_str()))]).await
    }

    pub async fn chat(&self, chat: ChatId) -> Result<Chat, Error> {
        self.get(&format!("chats/{chat}")).await
    }

    pub async fn messages(&self, chat: ChatId, query: &MessagesQuery) -> Result<Messages, Error> {
        self.get_with(&format!("chats/{chat}/messages"), query).await
    }

    /// Kept once, however often it is sent with its `client_id`.
    pub async fn send(&self, chat: ChatId, request: &SendMessage) -> Result<Message, Error> {
        self.post(&format!("chats/{chat}/messages"), request).await
    }

    pub async fn edit(&self, chat: ChatId, message: MessageId, request: &EditMessage) -> Result<Message, Error> {
        self.call(Method::PATCH, &format!("chats/{chat}/messages/{message}"), Some(request)).await
    }

    pub async fn delete(&self, chat: ChatId, message: MessageId) -> Result<Message, Error> {
        self.call(Method::DELETE, &format!("chats/{chat}/messages/{message}"), NOTHING).await
    }

    pub async fn react(&self, chat: ChatId, message: MessageId, emoji: &str) -> Result<Message, Error> {
        self.call(Method::PUT, &format!("chats/{chat}/messages/{message}/reactions/{emoji}"), NOTHING).await
    }

    pub async fn unreact(&self, chat: ChatId, message: MessageId, emoji: &str) -> Result<Message, Error> {
        self.call(Method::DELETE, &format!("chats/{chat}/messages/{message}/reactions/{emoji}"), NOTHING).await
    }

    pub async fn mark_read(&self, chat: ChatId, seq: i64) -> Result<ReadCursor, Error> {
        self.call(Method::PUT, &format!("chats/{chat}/read"), Some(&MarkRead { seq })).await
    }
}

impl Client {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.call(Method::GET, path, NOTHING).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, request: &impl Serialize) -> Result<T, Error> {
        self.call(Method::POST, path, Some(request)).await
    }

    async fn get_with<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T, Error> {
        let query = self.http.get(self.api.clone()).query(query).build().map_err(Error::Unreachable)?;
        self.get(&format!("{path}?{}", query.url().query().unwrap_or_default())).await
    }
}
