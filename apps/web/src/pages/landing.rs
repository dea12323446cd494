//! The first page: what this is, and one balloon being caught.

use leptos::prelude::*;

use crate::components::{
    brand::drifting_balloon,
    icon::{Icon, icon},
};

pub fn landing() -> impl IntoView {
    view! {
        <div class="landing">
            <div class="landing-words">
                <h1><span>"One short note."</span> " They catch it, or they let it go."</h1>
                <p class="lead">
                    "Balloon’d is where people meet by consent: you float somebody a few sentences, and a chat opens only if they say yes."
                </p>
                <p class="landing-action">
                    <a class="button primary" href="/register">"Open an account"</a>
                </p>
            </div>
            {scene()}
            <ul class="landing-facts" role="list">
                <li>
                    <h2>"Nobody writes to you first"</h2>
                    <p>"Not one message, not a photo, before you caught their note."</p>
                </li>
                <li>
                    <h2>"Letting go is silent"</h2>
                    <p>"A note you pop is simply gone. Its sender never learns whether you saw it."</p>
                </li>
                <li>
                    <h2>"Twenty a day, seven days each"</h2>
                    <p>"Few enough to mean them. What nobody catches drifts off by itself."</p>
                </li>
            </ul>
        </div>
    }
}

/// A balloon that is caught, and the chat that opens. Said once for those who do not see it.
fn scene() -> impl IntoView {
    view! {
        <figure class="scene">
            {drifting_balloon()}
            <div class="scene-balloon">
                <div class="scene-person">
                    {mira()}
                    <span>
                        <span class="balloon-name">"Mira, 34"</span>
                        <span class="soft">"floated you a balloon"</span>
                    </span>
                </div>
                <blockquote class="note">
                    "You wrote that you bake when you cannot sleep. What came out of the oven last, and was it worth the night?"
                </blockquote>
                <div class="scene-answers" aria-hidden="true">
                    <span class="button primary scene-catch">"Catch"</span>
                    <span class="button quiet">"Pop"</span>
                </div>
                <p class="scene-caught">{icon(Icon::Sent)} "Caught"</p>
            </div>
            <div class="scene-chat">
                <p class="scene-bubble mine">"Rye, with caraway. It fell flat, and I ate half of it warm."</p>
                <p class="scene-bubble">"Then it was worth it."</p>
            </div>
        </figure>
    }
}

/// A portrait in a few shapes.
fn mira() -> impl IntoView {
    view! {
        <svg class="avatar scene-portrait" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <path class="scene-wall" d="M0 0h48v48H0z" />
            <path class="scene-hair" d="M11.5 25C10 13 16 7 24.5 7S39 13 37 27c-.6 5-1 9-.5 13h-26c1.5-5 1.5-10 1-15Z" />
            <path class="scene-coat" d="M5 48c1-9 8-13.5 19-13.5S42 39 43 48Z" />
            <path class="scene-skin" d="M20 31h8v5.5c-1 2.5-7 2.5-8 0Z" />
            <path class="scene-skin" d="M24 12c5 0 8 3.8 8 9.5S28.5 34 24 34s-8-6.8-8-12.5S19 12 24 12Z" />
            <path class="scene-hair" d="M15.5 22c0-7 4-11.5 9-11.5 4.5 0 8 3.5 8 10.5-4-1-7-3.5-8.5-6-1.5 3.5-4.5 6-8.5 7Z" />
        </svg>
    }
}
