//! The name: its apostrophe is the balloon.

use leptos::prelude::*;

/// The wordmark. Read out as the name.
pub fn wordmark() -> impl IntoView {
    view! {
        <span class="wordmark" aria-hidden="true">
            "Balloon"
            <svg class="wordmark-balloon" viewBox="0 0 10 22" focusable="false">
                <path class="wordmark-skin" d="M5 .5c2.7 0 4.5 2 4.5 4.6C9.5 7.9 7.3 10.4 5 10.4S.5 7.9.5 5.1C.5 2.5 2.3.5 5 .5Z" />
                <path class="wordmark-skin" d="M5 9.9l1.2 1.9H3.8Z" />
                <path class="wordmark-string" d="M5 11.8c0 2.6-1.8 3-1.5 5.6" />
            </svg>
            "d"
        </span>
        <span class="hidden">"Balloon’d"</span>
    }
}

/// A balloon on its string, for a page that has nothing to show yet.
pub fn drifting_balloon() -> impl IntoView {
    view! {
        <svg class="drifting" viewBox="0 0 80 140" aria-hidden="true" focusable="false">
            <path class="drifting-skin" d="M40 4c21 0 35 15.5 35 35.5C75 61 57.5 80 40 80S5 61 5 39.5C5 19.5 19 4 40 4Z" />
            <path class="drifting-skin" d="M40 78l6 10H34Z" />
            <path class="drifting-light" d="M20 36c.5-9 5.5-15.5 13-18" />
            <path class="drifting-string" d="M40 88c0 16-11 17-9 32 .8 6-1 10-3 14" />
        </svg>
    }
}
