//! Who looks after the place. For everybody else there is nothing under `/admin`.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
};
use balloond_domain::{Staff, staff};
use balloond_shared::ErrorCode;

use super::{answer::Refusal, app::State, visitor::Member};

/// Whoever has a role, beneath where [`admit`] stands.
pub struct StaffOnly(pub Staff);

impl FromRequest for StaffOnly {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Staff>().copied().map(Self).ok_or_else(|| ErrorCode::NotFound.into()))
    }
}

/// Lets those with a role through, before anything else of the request is looked at.
pub async fn admit(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match authorise(&mut request).await {
        Ok(staff) => {
            request.extensions_mut().insert(staff);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(refusal) => Ok(request.into_response(refusal.error_response())),
    }
}

async fn authorise(request: &mut ServiceRequest) -> Result<Staff, Refusal> {
    let member = request.extract::<Member>().await;
    let Member(viewer) = member.map_err(|_| ErrorCode::NotFound)?;
    let app = request.app_data::<State>().ok_or(ErrorCode::Internal)?;
    Ok(staff::admit(&app.services, viewer).await?)
}
