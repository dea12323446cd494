use actix_web::{HttpResponse, web::Form};
use balloond_domain::fault;
use serde::Deserialize;

use super::Answer;
use crate::server::{app::State, client::Origin};

#[derive(Deserialize)]
pub struct FaultForm {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    page: String,
}

/// `POST /faults`: a page tells what went wrong in it.
pub async fn tell(app: State, origin: Origin, form: Form<FaultForm>) -> Answer {
    fault::from_browser(&app.services, &origin.0, &form.kind, &form.what, &form.page).await?;
    Ok(HttpResponse::NoContent().finish())
}
