//! The icons: one stroke each, drawn on a grid of 24.

use leptos::prelude::*;
use maud::{Markup, html};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    People,
    Balloon,
    Chat,
    Person,
    Back,
    Earlier,
    Later,
    Send,
    Plus,
    Remove,
    Waiting,
    Sent,
    Read,
    Failed,
    Down,
    Photo,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::People => {
                "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.6-3.4 3.2-5.3 6.5-5.3s5.9 1.9 6.5 5.3M16 5a3.2 3.2 0 0 1 0 6.2M18 14.6c1.9.7 3.1 2.4 3.5 4.9"
            }
            Self::Balloon => {
                "M12 2.8c3.7 0 6.2 2.8 6.2 6.3 0 3.7-3 7.2-6.2 7.2s-6.2-3.5-6.2-7.2c0-3.5 2.5-6.3 6.2-6.3ZM10.9 18.2l1.1-1.9 1.1 1.9M12 18.2c0 1.4-1.4 1.5-1.1 3.3"
            }
            Self::Chat => "M4 5.5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8.5L7 20v-3.5H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z",
            Self::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.7-4 3.7-6.2 7.5-6.2s6.8 2.2 7.5 6.2",
            Self::Back => "M19 12H5.5M11 6l-6 6 6 6",
            Self::Earlier => "M14.5 6l-6 6 6 6",
            Self::Later => "M9.5 6l6 6-6 6",
            Self::Send => "M12 19.5v-15M5.5 11 12 4.5 18.5 11",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Remove => "M6.5 6.5l11 11M17.5 6.5l-11 11",
            Self::Waiting => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 8v4.3l2.8 1.7",
            Self::Sent => "M5 12.5l4.7 4.7L19 7.5",
            Self::Read => "M2 12.5l4.7 4.7L16 7.5M11.5 16l1.2 1.2L22 7.5",
            Self::Failed => "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 8v4.5M12 15.8v.2",
            Self::Photo => {
                "M4 6.5h3l1.5-2h7l1.5 2h3a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z"
            }
            Self::Down => "M12 4.5v15M5.5 13l6.5 6.5L18.5 13",
        }
    }
}

/// An icon beside words, or inside a control that is named otherwise: never read out.
///
/// Of one type and one element wherever it stands: the browser gets its code once.
pub fn icon(icon: Icon) -> AnyView {
    let path = format!("<path d=\"{}\"/>", icon.path());
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false" inner_html=path></svg> }
        .into_any()
}

/// The same in what is written as text.
#[must_use]
pub fn drawn(icon: Icon) -> Markup {
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" focusable="false" { path d=(icon.path()) {} } }
}
