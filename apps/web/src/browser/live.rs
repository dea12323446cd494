//! Parts of a page that the server renders anew when something happened: their page is fetched once more, and its part put in the
//! place of the old. What such a part looks like is said once, on the server, and the browser needs no code for it.
//!
//! `<div id="chats" data-live="activity read" data-from="/chats">`: the events that renew it, and the page it is on.

use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, HtmlElement, SupportedType};

use super::{api, debounce::Debounce, realtime};
use crate::components::time::localise_moments;

const WAIT_MS: u64 = 300;

/// Keeps every such part of this page current from now on.
pub fn keep_current() {
    let Ok(found) = document().query_selector_all("[data-live]") else { return };
    for part in (0..found.length()).filter_map(|index| found.get(index)?.dyn_into::<Element>().ok()) {
        keep(part.id(), part.get_attribute("data-live").unwrap_or_default(), part.get_attribute("data-from"));
    }
}

fn keep(id: String, renewing: String, from: Option<String>) {
    let ask = Debounce::new(WAIT_MS, move || {
        let (id, from) = (id.clone(), from.clone());
        spawn_local(async move {
            renew(&id, from).await;
        });
    });
    realtime::listen(move |heard| {
        if renewing.split(' ').any(|kind| kind == heard.kind) {
            ask.call();
        }
    });
}

/// `None` when it could not be: then the part stays as it is until the next event.
async fn renew(id: &str, from: Option<String>) -> Option<()> {
    let page = api::page(&from.or_else(|| window().location().href().ok())?).await?;
    let page = DomParser::new().ok()?.parse_from_string(&page, SupportedType::TextHtml).ok()?;
    let (fresh, part) = (page.get_element_by_id(id)?, document().get_element_by_id(id)?);
    localise_moments(&fresh, super::now());
    let fresh = fresh.inner_html();
    // What is right already stays: somebody may be pressing it at this moment.
    if part.inner_html() == fresh {
        return Some(());
    }
    let focused = focused_path(&part);
    part.set_inner_html(&fresh);
    if let Some(path) = focused {
        let link = part.query_selector(&format!("a[href='{path}']")).ok()??;
        link.dyn_into::<HtmlElement>().ok()?.focus().ok()?;
    }
    Some(())
}

/// Where the link leads that has the focus, when it is in this part: its successor gets it.
fn focused_path(part: &Element) -> Option<String> {
    let focused = document().active_element().filter(|focused| part.contains(Some(focused)))?;
    focused.get_attribute("href").filter(|path| !path.contains('\''))
}
