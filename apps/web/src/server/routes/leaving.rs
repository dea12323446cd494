use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Form, Path},
};
use balloond_domain::{Error, chat, leaving};
use balloond_shared::{ApiError, ErasureId, ErrorCode, leaving::EraseAccount};
use chrono::Utc;
use serde::Deserialize;
use tokio::try_join;

use super::Answer;
use crate::{
    components::navigation::Section,
    pages::{DataPage, goodbye as goodbye_page},
    server::{
        answer::{Refusal, status},
        app::State,
        cookies::SessionChange,
        reply::{Reply, see_other},
        visitor::Held,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EraseForm {
    password: String,
}

/// `GET /me/data`
pub async fn show(request: HttpRequest, app: State, held: Held) -> Answer {
    data_page(&request, &app, &held, None).await
}

/// `POST /me/export`
pub async fn request_export(app: State, held: Held) -> Answer {
    leaving::request_export(&app.services, held.0).await?;
    Ok(see_other("/me/data"))
}

/// `POST /me/erase {password}`
pub async fn erase(request: HttpRequest, app: State, held: Held, form: Form<EraseForm>) -> Answer {
    let asked = EraseAccount { password: form.into_inner().password };
    match leaving::erase(&app.services, held.0, &asked).await {
        Ok(receipt) => {
            request.extensions_mut().insert(SessionChange::Ends);
            Ok(see_other(format!("/goodbye/{}", receipt.id)))
        }
        Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error.into()),
        Err(error) => data_page(&request, &app, &held, Some(error.to_api())).await,
    }
}

/// `GET /goodbye/{id}`: for whoever has the receipt's id.
pub async fn goodbye(request: HttpRequest, app: State, id: Path<ErasureId>) -> Answer {
    let receipt = leaving::receipt(&app.services, *id).await?;
    Ok(Reply::new(&request, "Goodbye").show(|| goodbye_page(&receipt)))
}

async fn data_page(
    request: &HttpRequest,
    app: &State,
    held: &Held,
    refused: Option<ApiError>,
) -> Result<HttpResponse, Refusal> {
    let known = async {
        match leaving::export(&app.services, held.0).await {
            Ok(export) => Ok(Some(export)),
            Err(Error::Refused(ErrorCode::NotFound)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let (export, badges) = try_join!(known, chat::badges(&app.services, held.0))?;
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let page = DataPage { export, refused: refused.map(Into::into).unwrap_or_default(), now: Utc::now() };
    let reply = Reply::new(request, "Your data").status(code);
    let reply = if held.1 { reply } else { reply.of_member(Section::Me, badges) };
    Ok(reply.show(|| page.view()))
}
