use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use balloond_shared::{ChatId, ErrorCode, MessageId, chat::PhotoSize};

use crate::refusal::Refusal;

/// The chat and the message in the path, and the emoji where there is one. What is no id names nothing: 404.
#[derive(Debug)]
pub struct MessagePath {
    pub chat: ChatId,
    pub message: MessageId,
    /// As it came, decoded; empty where the path has none.
    pub emoji: String,
}

impl FromRequest for MessagePath {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = part(request, "id").zip(part(request, "message"));
        let emoji = part(request, "emoji").unwrap_or_default();
        ready(path.map(|(chat, message)| Self { chat, message, emoji }).ok_or_else(|| ErrorCode::NotFound.into()))
    }
}

/// A message's photo in the path, in one of its sizes.
#[derive(Debug)]
pub struct PhotoPath {
    pub message: MessagePath,
    pub size: PhotoSize,
}

impl FromRequest for PhotoPath {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let message = MessagePath::from_request(request, payload).into_inner();
        let size = part(request, "size").ok_or_else(|| Refusal::from(ErrorCode::NotFound));
        ready(message.and_then(|message| size.map(|size| Self { message, size })))
    }
}

/// A group's photo in the path, in one of its sizes.
#[derive(Debug)]
pub struct GroupPhotoPath {
    pub chat: ChatId,
    pub size: PhotoSize,
}

impl FromRequest for GroupPhotoPath {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = part(request, "id").zip(part(request, "size"));
        ready(path.map(|(chat, size)| Self { chat, size }).ok_or_else(|| ErrorCode::NotFound.into()))
    }
}

/// A part of the path, if it can be read.
pub fn part<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    request.match_info().get(name)?.parse().ok()
}
