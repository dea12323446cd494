//! When there is no page to show.

use balloond_shared::{ApiError, ErrorCode};
use leptos::prelude::*;

use crate::components::brand::drifting_balloon;

/// Says what happened and what to do.
pub fn failure(error: &ApiError) -> impl IntoView + use<> {
    let (title, step) = match error.code {
        ErrorCode::NotFound => ("Nothing here", "It may have floated off, or it is not yours to see."),
        ErrorCode::MethodNotAllowed => ("Not like this", "This address is only there for a form to be sent to."),
        ErrorCode::Unavailable => ("A moment, please", "Nothing is lost. Load the page again in a moment."),
        ErrorCode::Internal => ("That went wrong", "It is written down on our side. Go back and try again."),
        ErrorCode::ForeignOrigin => ("From elsewhere", "Open Balloon’d itself and do it there."),
        ErrorCode::RateLimited | ErrorCode::BudgetSpent => ("Slower, please", "Wait a moment, then try again."),
        _ => ("Not this time", "Go back and try again."),
    };
    // The heading says it already.
    let sentence = (error.code != ErrorCode::NotFound).then(|| format!("{} ", error.title));
    view! {
        <div class="empty failure">
            {drifting_balloon()}
            <h1>{title}</h1>
            <p>{sentence} {step}</p>
            <p><a class="button" href="/">"To the start"</a></p>
            <p class="soft">{error.status}</p>
        </div>
    }
}
