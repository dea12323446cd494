use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::StatusCode, web::Form};
use balloond_domain::{Error, Viewer, auth, staff};
use balloond_shared::{ApiError, ErrorCode, moderation::MakeAppeal};
use chrono::Utc;
use serde::Deserialize;

use super::{Answer, account::BEGINNING};
use crate::{
    pages::{Notice, SuspendedPage},
    server::{
        answer::{Refusal, status},
        app::State,
        cookies::{SessionChange, tokens},
        reply::{Reply, see_other, see_other_saying},
        visitor::Held,
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AppealForm {
    words: String,
}

/// `GET /suspended`
pub async fn show(request: HttpRequest, app: State, held: Held) -> Answer {
    suspended_page(&request, &app, held.0, None).await
}

/// `POST /suspended/appeal {words}`
pub async fn appeal(request: HttpRequest, app: State, held: Held, form: Form<AppealForm>) -> Answer {
    let asked = MakeAppeal { words: form.into_inner().words };
    match staff::appeal(&app.services, held.0, &asked).await {
        Ok(_) => Ok(see_other_saying(&app, "/suspended", Notice::Appealed)),
        Err(error @ Error::Invalid(_)) => {
            suspended_page(&request, &app, held.0, Some((asked.words, error.to_api()))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn suspended_page(
    request: &HttpRequest,
    app: &State,
    viewer: Viewer,
    refused: Option<(String, ApiError)>,
) -> Result<HttpResponse, Refusal> {
    let suspension = match staff::suspension(&app.services, viewer).await {
        Err(Error::Refused(ErrorCode::NotFound)) => return over(request, app).await,
        suspension => suspension?,
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |(_, error)| status(error));
    let (words, refused) = refused.map(|(words, error)| (words, error.into())).unwrap_or_default();
    let page = SuspendedPage { suspension, words, refused, now: Utc::now() };
    Ok(Reply::new(request, "Suspended").status(code).show(|| page.view()))
}

/// It is over: the next access token opens everything again.
async fn over(request: &HttpRequest, app: &State) -> Result<HttpResponse, Refusal> {
    let (_, refresh) = tokens(request, app.cookies);
    let (_, renewed) = auth::resume(&app.services, None, refresh.as_deref()).await?;
    if let Some(signed_in) = renewed {
        request.extensions_mut().insert(SessionChange::Begins(Box::new(signed_in)));
    }
    Ok(see_other(BEGINNING))
}
