//! One's own photos: add with progress, put in order by drag or by button, take away.

use balloond_shared::{
    Photo, PhotoId,
    photo::{MAX_PHOTO_BYTES, MAX_PHOTOS, PhotoOrder},
};
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::{
    Given,
    derived::{state, whether, words},
};
use crate::{
    browser::{api, upload},
    components::{
        field::live_error,
        icon::{Icon, icon},
        portrait::photo_layers,
    },
};

const SIZES: &str = "(min-width: 56rem) 12rem, 45vw";

/// What the photos of a page are made of; every part of it is told of changes.
#[derive(Clone, Copy)]
struct Album {
    photos: RwSignal<Vec<Photo>>,
    /// Percent of an upload that is under way.
    progress: RwSignal<Option<u32>>,
    refused: RwSignal<Option<String>>,
    /// Read out, not shown: where a photo went.
    told: RwSignal<String>,
    dragged: RwSignal<Option<PhotoId>>,
}

impl Album {
    fn place(self, photo: PhotoId) -> Option<usize> {
        self.photos.with(|photos| photos.iter().position(|known| known.id == photo))
    }

    /// Moves a photo on this page; [`Self::store_order`] tells the server.
    fn shift(self, photo: PhotoId, to: usize) {
        self.photos.update(|photos| {
            if let Some(from) = photos.iter().position(|known| known.id == photo)
                && to < photos.len()
            {
                let moved = photos.remove(from);
                photos.insert(to, moved);
            }
        });
        self.told.set(format!("Photo moved to place {} of {}.", to + 1, self.photos.with_untracked(Vec::len)));
    }

    fn store_order(self) {
        let order =
            PhotoOrder { photos: self.photos.with_untracked(|photos| photos.iter().map(|photo| photo.id).collect()) };
        self.refused.set(None);
        spawn_local(async move {
            if let Err(failure) = api::tell("PUT", "/me/photos/order", Some(api::encode(&order))).await {
                self.refused.set(Some(failure.sentence()));
            }
        });
    }

    fn remove(self, photo: PhotoId) {
        self.refused.set(None);
        spawn_local(async move {
            match api::tell("DELETE", &format!("/me/photos/{photo}"), None).await {
                Ok(()) => self.photos.update(|photos| photos.retain(|known| known.id != photo)),
                Err(failure) => self.refused.set(Some(failure.sentence())),
            }
        });
    }

    fn add(self, file: web_sys::File) {
        #[expect(clippy::cast_precision_loss, reason = "10 MiB")]
        if file.size() > MAX_PHOTO_BYTES as f64 {
            self.refused.set(Some("A photo can have at most 10 MB. Choose a smaller one.".to_owned()));
            return;
        }
        self.refused.set(None);
        self.progress.set(Some(0));
        spawn_local(async move {
            match upload::photo(&file, move |percent| self.progress.set(Some(percent))).await {
                Ok(photo) => {
                    self.photos.update(|photos| photos.push(photo));
                    self.told.set("The photo is there.".to_owned());
                }
                Err(failure) => self.refused.set(Some(failure.sentence())),
            }
            self.progress.set(None);
        });
    }
}

#[island]
pub fn PhotoManager(photos: Given<Vec<Photo>>, refused: Option<String>) -> impl IntoView {
    let album = Album {
        photos: RwSignal::new(photos.0),
        progress: RwSignal::new(None),
        refused: RwSignal::new(refused),
        told: RwSignal::new(String::new()),
        dragged: RwSignal::new(None),
    };
    let is_full = whether(move || album.photos.with(Vec::len) >= MAX_PHOTOS);
    view! {
        <div class="album">
            {live_error(album.refused, None)}
            <p class="hidden" role="status">{words(move || album.told.get())}</p>
            <ul class="photos" role="list">
                <For each=move || album.photos.get() key=|photo| photo.id let:photo>
                    <Mine photo album />
                </For>
                <li class="photo-add-place" hidden=is_full>
                    <Add album />
                </li>
            </ul>
        </div>
    }
}

#[component]
fn Mine(photo: Photo, album: Album) -> impl IntoView {
    let id = photo.id;
    let place = move || album.place(id).unwrap_or_default();
    let is_last = move || album.photos.with(|photos| place() + 1 >= photos.len());
    let deed = move |event: ev::SubmitEvent| {
        event.prevent_default();
        // The button that goes to a place says which; the one that goes elsewhere takes the photo away.
        let to = event.submitter().and_then(|button| button.get_attribute("value")).and_then(|to| to.parse().ok());
        match to {
            Some(to) => {
                album.shift(id, to);
                album.store_order();
                refocus(&event);
            }
            None => album.remove(id),
        }
    };
    let drag_over = move |event: ev::DragEvent| {
        let Some(dragged) = album.dragged.get_untracked() else { return };
        event.prevent_default();
        if dragged != id {
            album.shift(dragged, place());
        }
    };
    let put_down = move |event: ev::DragEvent| {
        event.prevent_default();
        if album.dragged.get_untracked().is_some() {
            album.dragged.set(None);
            album.store_order();
        }
    };
    let path = format!("/me/photos/{id}");
    view! {
        <li
            class="photo"
            class:dragged=whether(move || album.dragged.get() == Some(id))
            draggable="true"
            on:dragstart=move |_| album.dragged.set(Some(id))
            on:dragover=drag_over
            on:drop=put_down
            on:dragend=put_down
        >
            <span class="portrait" inner_html=photo_layers(&photo, SIZES, "", false).into_string()></span>
            <p class="photo-place">
                <span class="hidden">"Photo "</span>
                {words(move || (place() + 1).to_string())}
            </p>
            <form class="photo-controls" method="post" action=format!("{path}/move") on:submit=deed>
                <button
                    class="icon-button"
                    type="submit"
                    name="to"
                    title="Earlier"
                    value=words(move || place().saturating_sub(1).to_string())
                    aria-label=words(move || format!("Move photo {} earlier", place() + 1))
                    aria-disabled=state(move || place() == 0)
                >
                    {icon(Icon::Earlier)}
                </button>
                <button
                    class="icon-button"
                    type="submit"
                    name="to"
                    title="Later"
                    value=words(move || (place() + 1).to_string())
                    aria-label=words(move || format!("Move photo {} later", place() + 1))
                    aria-disabled=state(is_last)
                >
                    {icon(Icon::Later)}
                </button>
                <button
                    class="icon-button"
                    type="submit"
                    title="Remove"
                    formaction=format!("{path}/delete")
                    aria-label=words(move || format!("Remove photo {}", place() + 1))
                >
                    {icon(Icon::Remove)}
                </button>
            </form>
        </li>
    }
}

/// A photo that moved took the focus out of its button.
fn refocus(event: &ev::SubmitEvent) {
    let button = event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok());
    request_animation_frame(move || {
        if let Some(button) = button {
            let _ = button.focus();
        }
    });
}

#[component]
fn Add(album: Album) -> impl IntoView {
    let is_uploading = move || album.progress.get().is_some();
    let is_live = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let chosen = move |event: ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        if let Some(file) = file.filter(|_| album.progress.get_untracked().is_none()) {
            album.add(file);
        }
    };
    view! {
        <form
            class="photo-add"
            class:live=whether(move || is_live.get())
            method="post"
            action="/me/photos"
            enctype="multipart/form-data"
            aria-busy=state(is_uploading)
        >
            <label for="photo">{icon(Icon::Plus)} "Add a photo"</label>
            <input
                id="photo"
                type="file"
                name="photo"
                accept="image/jpeg,image/png,image/webp"
                required
                aria-describedby="photo-hint"
                on:change=chosen
            />
            <p class="hint" id="photo-hint">"JPEG, PNG or WebP, up to 10 MB."</p>
            <button class="primary" type="submit">"Upload"</button>
            <div class="photo-progress" hidden=whether(move || !is_uploading())>
                <progress max="100" value=words(move || album.progress.get().unwrap_or_default().to_string()) aria-label="Uploading"></progress>
                <span>{words(move || told_progress(album.progress.get().unwrap_or_default()))}</span>
            </div>
        </form>
    }
}

/// All sent is not all done: the photo is made ready then.
fn told_progress(percent: u32) -> String {
    if percent < 100 { format!("{percent} %") } else { "Preparing…".to_owned() }
}
