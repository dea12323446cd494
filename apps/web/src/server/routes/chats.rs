use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path, Query},
};
use balloond_domain::{
    Error,
    chat::{self, Room},
};
use balloond_shared::{
    ApiError, ChatId, ClientId, ErrorCode, MessageId,
    chat::{MarkRead, Quote, SendMessage},
};
use chrono::Utc;
use serde::Deserialize;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::{ChatPage, ChatsPage, HistoryPage},
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other},
        visitor::Member,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ChatsQuery {
    cursor: Option<String>,
    /// The chat that the list is shown beside.
    open: Option<ChatId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ChatQuery {
    before: Option<i64>,
    reply: Option<MessageId>,
}

#[derive(Deserialize)]
pub struct MessageForm {
    client_id: ClientId,
    #[serde(default)]
    body: String,
    /// Empty when it answers nothing.
    #[serde(default)]
    reply_to: String,
}

/// What the composer of a chat holds when its page is shown.
#[derive(Default)]
struct Composed {
    draft: String,
    refused: Option<ApiError>,
    reply: Option<MessageId>,
}

/// `GET /chats?cursor&open`
pub async fn list(request: HttpRequest, app: State, member: Member, query: Query<ChatsQuery>) -> Answer {
    let (services, viewer) = (&app.services, member.0);
    let (chats, badges) = chat::overview(services, viewer, query.cursor.as_deref()).await?;
    let ChatsQuery { cursor, open } = query.into_inner();
    let page = ChatsPage { chats, is_newest: cursor.is_none(), current: open, me: viewer.user, now: Utc::now() };
    Ok(Reply::new(&request, "Chats").of_member(Section::Chats, badges).class("is-chats").show(|| page.view()))
}

/// `GET /chats/{id}?before|reply`
pub async fn show(
    request: HttpRequest,
    app: State,
    member: Member,
    id: Path<ChatId>,
    query: Query<ChatQuery>,
) -> Answer {
    let composed = Composed { reply: query.reply, ..Composed::default() };
    chat_page(&request, &app, &member, *id, query.before, composed).await
}

/// `POST /chats/{id}/messages {client_id, body, reply_to}`
pub async fn send(
    request: HttpRequest,
    app: State,
    member: Member,
    id: Path<ChatId>,
    form: Form<MessageForm>,
) -> Answer {
    let MessageForm { client_id, body, reply_to } = form.into_inner();
    let asked = SendMessage { client_id, body, reply_to: reply_to.parse().ok() };
    match chat::send(&app.services, member.0, *id, &asked).await {
        Ok(_) => Ok(see_other(format!("/chats/{id}"))),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_) | Error::Refused(ErrorCode::NotFound))) => {
            Err(error.into())
        }
        Err(error) => {
            let composed = Composed { draft: asked.body, refused: Some(error.to_api()), reply: asked.reply_to };
            chat_page(&request, &app, &member, *id, None, composed).await
        }
    }
}

/// `POST /chats/{id}/seen {seq}`: where there are no scripts, to load a page is not to say that it was read.
pub async fn seen(app: State, member: Member, id: Path<ChatId>, form: Form<MarkRead>) -> Answer {
    chat::mark_read(&app.services, member.0, *id, form.into_inner()).await?;
    Ok(see_other(format!("/chats/{id}")))
}

async fn chat_page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    id: ChatId,
    before: Option<i64>,
    composed: Composed,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let Room { chat, messages, chats, badges } = chat::room(services, viewer, id, before).await?;
    let Composed { draft, refused, reply } = composed;
    let reply = match reply {
        Some(reply) => chat::message(services, viewer, id, reply).await.ok().map(|message| Quote::of(&message)),
        None => None,
    };
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused =
        refused.map(|error| error.errors.0.first().map_or(error.title.clone(), |fault| fault.message.clone()));
    let page =
        Reply::new(request, chat.summary.title.clone()).status(code).of_member(Section::Chats, badges).class("is-chat");
    let beside = ChatsPage { chats, is_newest: true, current: Some(id), me: viewer.user, now: Utc::now() };
    Ok(match before {
        Some(_) => page.show(|| HistoryPage { beside, chat, messages }.view()),
        None => page.code("chat").show(|| ChatPage { beside, chat, messages, draft, refused, reply }.view()),
    })
}
