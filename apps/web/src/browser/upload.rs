//! Uploads, with their progress: what `fetch` cannot tell.

use std::{cell::RefCell, rc::Rc};

use balloond_shared::{Photo, traceparent::TRACEPARENT};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

use super::api::{self, Failure};

/// A phone's slow uplink needs its time; a dead one does not get for ever.
const TIMEOUT_MS: u32 = 180_000;

/// Uploads a photo of one's own; `progress` hears how much of it is through, 0 to 100.
pub async fn photo(file: &File, progress: impl Fn(u32) + 'static) -> Result<Photo, Failure> {
    let progress = Rc::new(progress);
    match send(file, progress.clone()).await {
        Err(failure) if failure.is_signed_out() => {
            api::refresh().await?;
            send(file, progress).await
        }
        outcome => outcome,
    }
}

async fn send(file: &File, progress: Rc<impl Fn(u32) + 'static>) -> Result<Photo, Failure> {
    let (status, text) = exchange(file, progress).await.map_err(|_| Failure::Unreachable)?;
    if (200..300).contains(&status) { api::decode(&text) } else { Err(api::refusal(status, &text)) }
}

async fn exchange(file: &File, progress: Rc<impl Fn(u32) + 'static>) -> Result<(u16, String), JsValue> {
    let form = FormData::new()?;
    form.append_with_blob_and_filename("photo", file, &file.name())?;
    let request = XmlHttpRequest::new()?;
    request.open("POST", &api::address("/me/photos"))?;
    request.set_with_credentials(true);
    request.set_timeout(TIMEOUT_MS);
    if let Some(trace) = api::begin_trace() {
        request.set_request_header(TRACEPARENT, &trace)?;
    }

    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
            progress((event.loaded() / event.total().max(1.0) * 100.0) as u32);
        }
    });
    request.upload()?.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));

    let listeners = Rc::new(RefCell::new(None));
    let done = js_sys::Promise::new(&mut |resolve, _| {
        let listener = Closure::<dyn Fn()>::new(move || drop(resolve.call0(&JsValue::NULL)));
        request.set_onloadend(Some(listener.as_ref().unchecked_ref()));
        listeners.replace(Some(listener));
    });
    request.send_with_opt_form_data(Some(&form))?;
    JsFuture::from(done).await?;
    match request.status()? {
        0 => Err(JsValue::NULL),
        status => Ok((status, request.response_text()?.unwrap_or_default())),
    }
}
