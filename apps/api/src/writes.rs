//! Who changed something reads what they changed, wherever they read next.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};
use balloond_domain::{Services, Viewer, replica};

/// Notes whoever an extractor left in the request's extensions, before the answer goes out.
pub async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let answer = next.call(request).await?;
    let viewer = answer.request().extensions_mut().remove::<Viewer>();
    if let (Some(viewer), Some(services)) = (viewer, answer.request().app_data::<Data<Services>>()) {
        replica::note_write(services, viewer).await;
    }
    Ok(answer)
}
