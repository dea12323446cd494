use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, ResponseError,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use balloond_domain::{Services, Staff, staff};
use balloond_shared::ErrorCode;

use super::Signed;
use crate::refusal::Refusal;

/// Whoever has a role, beneath where [`admit`] stands.
pub struct StaffOnly(pub Staff);

impl FromRequest for StaffOnly {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Staff>().copied().map(Self).ok_or_else(|| ErrorCode::NotFound.into()))
    }
}

/// Lets those with a role through, before anything else of the request is looked at: for everybody else there is nothing here.
pub async fn admit(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match authorise(&mut request).await {
        Ok(staff) => {
            request.extensions_mut().insert(staff);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(refusal) => Ok(request.into_response(refusal.error_response()).map_into_right_body()),
    }
}

async fn authorise(request: &mut ServiceRequest) -> Result<Staff, Refusal> {
    let Signed(viewer, _) = request.extract::<Signed>().await.map_err(|_| ErrorCode::NotFound)?;
    let services = request.app_data::<web::Data<Services>>().ok_or(ErrorCode::Internal)?;
    Ok(staff::admit(services, viewer).await?)
}
