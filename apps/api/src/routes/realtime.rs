use std::rc::Rc;

use actix_http::ws;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, get};
use balloond_shared::ErrorCode;

use crate::{
    extract::Signed,
    realtime::{Hub, Upgradable},
    refusal::{Answer, Refusal},
};

/// A WebSocket that tells what happens: texts of JSON, `ServerEvent` from us and `ClientEvent` to us. From a browser it needs
/// an `Origin` of ours. It is closed with 4401 when the session or the token ends, 1012 when we restart, 1008 after too many faults.
#[utoipa::path(tag = "realtime", security(("token" = []), ("cookie" = [])), responses((status = 101, description = "Switched; `ready` follows."), (status = 400, description = "Not a WebSocket handshake."), (status = 403, description = "`foreign_origin`")))]
#[get("/realtime")]
pub async fn realtime(request: HttpRequest, signed: Signed) -> Answer<HttpResponse> {
    let mut handshake = ws::handshake(request.head()).map_err(|_| ErrorCode::Malformed)?;
    if !request.extensions().contains::<Upgradable>() {
        return Err(ErrorCode::Malformed.into());
    }
    if !request.app_data::<Rc<Hub>>().is_some_and(|hub| hub.has_room_for(signed.0.user)) {
        return Err(Refusal::busy());
    }
    let mut answer = HttpResponse::from(handshake.finish().map_into_boxed_body());
    answer.extensions_mut().insert(signed);
    Ok(answer)
}
