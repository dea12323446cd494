//! Photos of people, and what stands for a person without one.

use balloond_shared::{ChatId, Photo, PhotoId, UserId};
use leptos::prelude::*;
use maud::{Markup, html};

use super::written;

/// Colours for people without a photo; a person keeps theirs.
const TINTS: u128 = 6;

fn tint(user: UserId) -> String {
    format!("tint-{}", user.as_uuid().as_u128() % TINTS)
}

fn initial(name: &str) -> String {
    name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
}

/// `srcset` of a photo: its three sizes are bounded by the longer side.
fn sources(photo: &Photo) -> String {
    let longer = photo.width.max(photo.height).max(1);
    let width = |bound: i32| (i64::from(photo.width) * i64::from(bound.min(longer)) / i64::from(longer)).max(1);
    format!("{} {}w, {} {}w", photo.urls.small, width(640), photo.urls.large, width(1600))
}

/// The small round picture beside a name. Decorative: the name is there.
pub fn avatar(user: UserId, name: &str, photo: Option<&Photo>) -> AnyView {
    written(avatar_html(user, name, photo))
}

#[must_use]
pub fn avatar_html(user: UserId, name: &str, photo: Option<&Photo>) -> Markup {
    round_html(user, name, photo.map(|photo| &*photo.urls.thumb))
}

/// The same for a chat that is with nobody alone: its photo, which leads its members to it anew each time.
pub fn group_avatar(chat: ChatId, title: &str, photo: Option<PhotoId>) -> AnyView {
    written(group_avatar_html(chat, title, photo))
}

#[must_use]
pub fn group_avatar_html(chat: ChatId, title: &str, photo: Option<PhotoId>) -> Markup {
    let path = photo.map(|photo| format!("/chats/{chat}/group/photo/small?v={photo}"));
    round_html(UserId::from_uuid(chat.as_uuid()), title, path.as_deref())
}

fn round_html(tinted: UserId, name: &str, photo: Option<&str>) -> Markup {
    html! {
        span class={ "avatar " (tint(tinted)) } aria-hidden="true" {
            @match photo {
                Some(path) => { img src=(path) alt="" width="48" height="48" loading="lazy" decoding="async"; },
                None => { (initial(name)) },
            }
        }
    }
}

/// The large picture of a person in a frame of 4:5. `sizes` as in HTML; an empty `alt` where the name stands beside it.
#[must_use]
pub fn portrait(user: UserId, name: &str, photo: Option<&Photo>, sizes: &str, alt: &str, lazy: bool) -> Markup {
    html! {
        span class={ "portrait " (tint(user)) } {
            @match photo {
                Some(photo) => { (photo_layers(photo, sizes, alt, lazy)) },
                None => { span.portrait-initial aria-hidden="true" { (initial(name)) } },
            }
        }
    }
}

/// A photo over its placeholder, so that there is something to see at once and nothing jumps.
#[must_use]
pub fn photo_layers(photo: &Photo, sizes: &str, alt: &str, lazy: bool) -> Markup {
    html! {
        img.portrait-placeholder src=(photo.placeholder) alt="";
        img.portrait-photo
            src=(photo.urls.small)
            srcset=(sources(photo))
            sizes=(sizes)
            width=(photo.width)
            height=(photo.height)
            alt=(alt)
            loading=[lazy.then_some("lazy")]
            fetchpriority=[(!lazy).then_some("high")]
            decoding="async";
    }
}

#[cfg(test)]
mod tests {
    use balloond_shared::{PhotoId, PhotoUrls};

    use super::*;

    #[test]
    fn the_widths_of_a_tall_photo_follow_its_height() {
        let urls = PhotoUrls { thumb: "t".into(), small: "s".into(), large: "l".into() };
        let photo = Photo { id: PhotoId::new(), urls, width: 1200, height: 1600, placeholder: String::new() };
        assert_eq!(sources(&photo), "s 480w, l 1200w");
    }
}
