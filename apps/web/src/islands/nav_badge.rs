//! A number in the navigation.

use balloond_shared::chat::Badges;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Given,
    derived::{whether, words},
};
use crate::browser::{self, badges};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// Balloons that wait.
    Balloons,
    /// Chats with something unread.
    Chats,
}

impl Counted {
    const fn count(self, badges: Badges) -> i64 {
        match self {
            Self::Balloons => badges.balloons,
            Self::Chats => badges.chats,
        }
    }

    /// As it is read out after the number.
    const fn what(self) -> &'static str {
        match self {
            Self::Balloons => " waiting",
            Self::Chats => " unread",
        }
    }
}

/// `badges`: as the page was rendered with.
#[island]
pub fn NavBadge(of: Counted, badges: Given<Badges>) -> impl IntoView {
    let current = RwSignal::new(badges.0);
    Effect::new(move |_| {
        let shared = badges::current(badges.0);
        Effect::new(move |_| current.set(shared.get()));
    });
    Effect::new(move |_| {
        let Badges { balloons, chats } = current.get();
        browser::count_in_title(balloons + chats);
    });
    let count = move || of.count(current.get());
    view! {
        <span class="badge" hidden=whether(move || count() == 0)>
            {words(move || at_most_99(count()))}
            <span class="hidden">{of.what()}</span>
        </span>
    }
}

/// A number that says no more than is useful.
#[must_use]
pub fn at_most_99(count: i64) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}
