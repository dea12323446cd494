//! The limit of the machine: whatever is said in a chat goes to all who listen there. Nothing is kept, nobody is asked who they are,
//! and there is no second process. What the product's numbers are more than this one's is what the product costs.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Mutex, PoisonError},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use actix_ws::{Closed, Message as Frame, MessageStream, Session};
use anyhow::Context;
use balloond_shared::{
    ChatId, MessageId, UserId,
    chat::{Message, SendMessage},
    event::{ClientEvent, ServerEvent},
};
use bytestring::ByteString;
use chrono::Utc;
use tokio::sync::broadcast;

/// Events that may wait for one listener.
const BACKLOG: usize = 64;

/// Who listens where.
#[derive(Default)]
struct Rooms(Mutex<HashMap<ChatId, broadcast::Sender<ByteString>>>);

impl Rooms {
    fn room(&self, chat: ChatId) -> broadcast::Sender<ByteString> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(chat).or_insert_with(|| broadcast::Sender::new(BACKLOG)).clone()
    }
}

fn text(event: &ServerEvent) -> ByteString {
    serde_json::to_string(event).unwrap_or_default().into()
}

async fn send(rooms: web::Data<Rooms>, chat: web::Path<ChatId>, request: web::Json<SendMessage>) -> HttpResponse {
    let SendMessage { client_id, body, .. } = request.into_inner();
    let message = Message {
        id: MessageId::new(),
        chat: *chat,
        seq: 1,
        changed_seq: 1,
        sender: UserId::new(),
        client_id,
        body,
        sent_at: Utc::now(),
        edited_at: None,
        deleted: false,
        photo: None,
        line: None,
        reply_to: None,
        reactions: Vec::new(),
    };
    let answer = HttpResponse::Created().json(&message);
    // Where nobody listens there is nobody to tell.
    let _ = rooms.room(*chat).send(text(&ServerEvent::Message { message }));
    answer
}

async fn realtime(
    rooms: web::Data<Rooms>,
    request: HttpRequest,
    body: web::Payload,
) -> actix_web::Result<HttpResponse> {
    let (response, session, frames) = actix_ws::handle(&request, body)?;
    rt::spawn(serve(rooms, session, frames));
    Ok(response)
}

async fn serve(rooms: web::Data<Rooms>, mut session: Session, mut frames: MessageStream) -> Result<(), Closed> {
    session.text(text(&ServerEvent::Ready { user: UserId::new() })).await?;
    let mut heard: Option<broadcast::Receiver<ByteString>> = None;
    loop {
        let event = async {
            match &mut heard {
                Some(heard) => heard.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Ok(Frame::Text(text))) => heard = subscribe(&rooms, &mut session, &text).await?.or(heard),
                Some(Ok(Frame::Ping(payload))) => session.pong(&payload).await?,
                Some(Ok(Frame::Pong(_))) => {}
                _ => return session.close(None).await,
            },
            event = event => {
                if let Ok(event) = event {
                    session.text(event).await?;
                }
            }
        }
    }
}

async fn subscribe(
    rooms: &Rooms,
    session: &mut Session,
    request: &str,
) -> Result<Option<broadcast::Receiver<ByteString>>, Closed> {
    let Ok(ClientEvent::Subscribe { chat, .. }) = serde_json::from_str(request) else { return Ok(None) };
    let heard = rooms.room(chat).subscribe();
    session.text(text(&ServerEvent::Subscribed { chat, head: 0 })).await?;
    Ok(Some(heard))
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let address = std::env::args().nth(1).context("the address to listen on is missing")?;
    let rooms = web::Data::new(Rooms::default());
    let app = move || {
        App::new()
            .app_data(rooms.clone())
            .route("/api/v1/realtime", web::get().to(realtime))
            .route("/api/v1/chats/{chat}/messages", web::post().to(send))
    };
    HttpServer::new(app).tcp_nodelay(true).bind(address)?.run().await?;
    Ok(())
}
