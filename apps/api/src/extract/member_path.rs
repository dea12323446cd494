use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use balloond_shared::{ChatId, ErrorCode, UserId};

use super::message_path::part;
use crate::refusal::Refusal;

/// The chat and the person in the path. What is no id names nothing: 404.
#[derive(Debug)]
pub struct MemberPath {
    pub chat: ChatId,
    pub user: UserId,
}

impl FromRequest for MemberPath {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = part(request, "id").zip(part(request, "user"));
        ready(path.map(|(chat, user)| Self { chat, user }).ok_or_else(|| ErrorCode::NotFound.into()))
    }
}
