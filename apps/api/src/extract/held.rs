use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use balloond_domain::Viewer;

use super::signed::holder;
use crate::refusal::Refusal;

/// Whoever is signed in by a session of their own, suspended or not: for the few things that stay theirs.
pub struct Held(pub Viewer);

impl FromRequest for Held {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(holder(request).map(|holder| Self(holder.viewer)))
    }
}
