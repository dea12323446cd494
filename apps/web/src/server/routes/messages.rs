use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, chat};
use balloond_shared::{
    ChatId, ErrorCode, MessageId,
    chat::{EditMessage, Message},
};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    bubbles::anchor,
    components::{field::Refused, navigation::Section},
    pages::MessagePage,
    server::{
        answer::{Refusal, status},
        app::State,
        reply::{Reply, see_other},
        visitor::Member,
    },
};

type MessagePath = Path<(ChatId, MessageId)>;

/// The button that was pressed names one of them.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct ReactionForm {
    add: Option<String>,
    remove: Option<String>,
}

/// `GET /chats/{id}/messages/{message}`
pub async fn show(request: HttpRequest, app: State, member: Member, path: MessagePath) -> Answer {
    page(&request, &app, &member, *path, None, None).await
}

/// `POST /chats/{id}/messages/{message} {body}`
pub async fn edit(
    request: HttpRequest,
    app: State,
    member: Member,
    path: MessagePath,
    form: Form<EditMessage>,
) -> Answer {
    let edited = chat::edit(&app.services, member.0, path.0, path.1, &form).await;
    done(&request, &app, &member, *path, edited, Some(form.into_inner().body)).await
}

/// `POST /chats/{id}/messages/{message}/delete`
pub async fn delete(request: HttpRequest, app: State, member: Member, path: MessagePath) -> Answer {
    let deleted = chat::delete(&app.services, member.0, path.0, path.1).await;
    done(&request, &app, &member, *path, deleted, None).await
}

/// `POST /chats/{id}/messages/{message}/reactions {add|remove}`
pub async fn react(
    request: HttpRequest,
    app: State,
    member: Member,
    path: MessagePath,
    form: Form<ReactionForm>,
) -> Answer {
    let ReactionForm { add, remove } = form.into_inner();
    let (wanted, emoji) = (add.is_some(), add.or(remove).unwrap_or_default());
    let reacted = chat::react(&app.services, member.0, path.0, path.1, &emoji, wanted).await;
    done(&request, &app, &member, *path, reacted, None).await
}

/// Back to the message in its chat; or its page again, with what was wrong.
async fn done(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    path: (ChatId, MessageId),
    outcome: Result<Message, Error>,
    typed: Option<String>,
) -> Answer {
    match outcome {
        Ok(message) => Ok(see_other(format!("/chats/{}#{}", message.chat, anchor(message.client_id)))),
        Err(error @ (Error::Unavailable(_) | Error::Internal(_) | Error::Refused(ErrorCode::NotFound))) => {
            Err(error.into())
        }
        Err(error) => page(request, app, member, path, typed, Some(error)).await,
    }
}

async fn page(
    request: &HttpRequest,
    app: &State,
    member: &Member,
    (chat, message): (ChatId, MessageId),
    typed: Option<String>,
    refused: Option<Error>,
) -> Result<HttpResponse, Refusal> {
    let (services, viewer) = (&app.services, member.0);
    let (chat, message, badges) = try_join!(
        chat::get(services, viewer, chat),
        chat::message(services, viewer, chat, message),
        chat::badges(services, viewer),
    )?;
    let refused = refused.map(|error| error.to_api());
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let refused = refused.map(Refused::from).unwrap_or_default();
    let page = MessagePage { chat, message, me: viewer.user, now: Utc::now(), typed, refused };
    Ok(Reply::new(request, "A message").status(code).of_member(Section::Chats, badges).show(|| page.view()))
}
