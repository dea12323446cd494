//! What a client asks of a socket.

use std::rc::Rc;

use balloond_domain::chat;
use balloond_shared::{ChatId, ErrorCode, event::ClientEvent};

use super::{frame, hub::Hub, presence, session::Session};

/// Chats that one socket hears all of at most.
const SUBSCRIPTIONS: usize = 200;

impl Hub {
    /// Does what the client asks; a refusal is told to it.
    pub(super) async fn answer(&self, session: &Rc<Session>, event: ClientEvent) {
        let answered = match event {
            ClientEvent::Subscribe { chat, since } => self.subscribe(session, chat, since).await,
            ClientEvent::Unsubscribe { chat } => {
                self.unsubscribe(session, chat);
                Ok(())
            }
            ClientEvent::Typing { chat } => chat::typing(&self.services, session.viewer, chat, session.privacy.get())
                .await
                .map_err(|error| error.to_api().code),
        };
        if let Err(code) = answered {
            session.push(frame::error(code));
        }
    }

    /// Registers first and reads then, so that nothing falls between the two.
    async fn subscribe(&self, session: &Rc<Session>, chat: ChatId, since: i64) -> Result<(), ErrorCode> {
        let was_seated = session.chats.borrow().contains(&chat);
        self.attach(session, [chat]);
        if let Some(room) = self.rooms.borrow_mut().get_mut(&chat) {
            if !room.is_subscribed(session) {
                if session.subscriptions.get() >= SUBSCRIPTIONS {
                    return Err(ErrorCode::RateLimited);
                }
                session.subscriptions.update(|count| count + 1);
            }
            room.begin_join(session);
        }
        match chat::join(&self.services, session.viewer, chat, since).await {
            Ok((messages, people)) => {
                if let Some(room) = self.rooms.borrow_mut().get_mut(&chat) {
                    room.finish_join(session, messages);
                }
                presence::begin(self, session, chat, people).await;
                Ok(())
            }
            Err(error) => {
                if was_seated {
                    self.unsubscribe(session, chat);
                } else {
                    self.detach(session, chat);
                }
                Err(error.to_api().code)
            }
        }
    }

    pub(super) fn unsubscribe(&self, session: &Rc<Session>, chat: ChatId) {
        let unsubscribed = self.rooms.borrow_mut().get_mut(&chat).is_some_and(|room| room.unsubscribe(session));
        if unsubscribed {
            session.subscriptions.update(|count| count.saturating_sub(1));
        }
    }
}
