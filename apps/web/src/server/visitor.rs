//! Who asks for a page.

use std::pin::Pin;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use balloond_domain::{
    Viewer,
    auth::{self, Holder},
};
use balloond_shared::ErrorCode;

use super::{
    answer::Refusal,
    app::State,
    cookies::{SessionChange, tokens},
};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

/// Somebody signed in. Whoever is not is asked to log in, and comes back.
pub struct Member(pub Viewer);

/// Somebody signed in who may be suspended, and whether they are: for the few pages that stay theirs.
pub struct Held(pub Viewer, pub bool);

/// Anybody.
pub struct Visitor(pub Option<Viewer>);

impl FromRequest for Member {
    type Error = Refusal;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let holder = resume(&request).await?.ok_or_else(|| Refusal::log_in_first(&request))?;
            if holder.is_suspended { Err(Refusal::Suspended) } else { Ok(Self(holder.viewer)) }
        })
    }
}

impl FromRequest for Held {
    type Error = Refusal;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let holder = resume(&request).await?.ok_or_else(|| Refusal::log_in_first(&request))?;
            Ok(Self(holder.viewer, holder.is_suspended))
        })
    }
}

impl FromRequest for Visitor {
    type Error = Refusal;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(resume(&request).await?.map(|holder| holder.viewer))) })
    }
}

/// Rotates the refresh token when the access token has run out; a session that is over takes its cookies along. Who changes something
/// is left in the request's extensions for [`super::writes::note`].
async fn resume(request: &HttpRequest) -> Result<Option<Holder>, Refusal> {
    let app = request.app_data::<State>().ok_or(ErrorCode::Internal)?;
    let (access, refresh) = tokens(request, app.cookies);
    if access.is_none() && refresh.is_none() {
        return Ok(None);
    }
    match auth::resume(&app.services, access.as_deref(), refresh.as_deref()).await {
        Ok((holder, renewed)) => {
            if !request.method().is_safe() {
                request.extensions_mut().insert(holder.viewer);
            }
            if let Some(signed_in) = renewed {
                request.extensions_mut().insert(SessionChange::Begins(Box::new(signed_in)));
            }
            Ok(Some(holder))
        }
        Err(balloond_domain::Error::Refused(ErrorCode::Unauthenticated)) => {
            request.extensions_mut().insert(SessionChange::Ends);
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
