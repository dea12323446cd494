//! Who changed something reads what they changed, wherever they read next.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use balloond_domain::{Viewer, replica};

use super::app::State;

/// Notes whoever an extractor left in the request's extensions, before the answer goes out.
pub async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let answer = next.call(request).await?;
    let viewer = answer.request().extensions_mut().remove::<Viewer>();
    if let (Some(viewer), Some(app)) = (viewer, answer.request().app_data::<State>()) {
        replica::note_write(&app.services, viewer).await;
    }
    Ok(answer)
}
