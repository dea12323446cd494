//! Balloons that wait for their reader, and those that arrive while the page is open.

use balloond_shared::{BalloonId, ChatId, ErrorCode, Page, balloon::ReceivedBalloon, event::ServerEvent};
use chrono::{DateTime, Utc};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use serde::Deserialize;

use super::{
    Given,
    derived::{state, whether, words},
};
use crate::{
    browser::{self, api, realtime},
    components::{
        field::live_error,
        portrait::avatar,
        time::{Telling, live_moment},
    },
    when::Clock,
};

/// What catching answers, as far as it matters here.
#[derive(Deserialize)]
struct OpenedChat {
    id: ChatId,
}

/// `is_newest`: the first page, which new balloons join. `now`: when the page was rendered. The children show while nothing waits.
#[island]
pub fn ReceivedBalloons(
    balloons: Given<Vec<ReceivedBalloon>>,
    is_newest: bool,
    now: DateTime<Utc>,
    children: Children,
) -> impl IntoView {
    let balloons = RwSignal::new(balloons.0);
    let clock = RwSignal::new(Clock::utc(now));
    let notice = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        clock.set(Clock::of_reader());
        keep_current(balloons, is_newest);
    });
    let holds_some = whether(move || !balloons.with(Vec::is_empty));
    view! {
        <p class="notice" role="status" hidden=whether(move || notice.with(Option::is_none))>
            {words(move || notice.get().unwrap_or_default())}
        </p>
        <div class="empty-place" hidden=holds_some>{children()}</div>
        <ul class="balloons" role="list" aria-label="Balloons for you">
            <For each=move || balloons.get() key=|balloon| balloon.id let:balloon>
                <Waiting balloon balloons notice clock />
            </For>
        </ul>
    }
}

#[component]
fn Waiting(
    balloon: ReceivedBalloon,
    balloons: RwSignal<Vec<ReceivedBalloon>>,
    notice: RwSignal<Option<String>>,
    clock: RwSignal<Clock>,
) -> impl IntoView {
    let ReceivedBalloon { id, from, note, sent_at, expires_at, group } = balloon;
    let invitation = group.map(|group| format!("{} invites you to the group “{}”", from.name, group.title));
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let answer = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let deed = Deed::of(&event);
        spawn_local(async move {
            match deed.ask(id).await {
                Ok(Outcome::Opened(chat)) => return browser::go_to(&format!("/chats/{chat}")),
                Ok(Outcome::Gone) => take_away(balloons, id),
                Err(failure) if matches!(failure.code(), Some(ErrorCode::BalloonGone | ErrorCode::NotFound)) => {
                    notice.set(Some(failure.sentence()));
                    take_away(balloons, id);
                }
                Err(failure) => refused.set(Some(failure.sentence())),
            }
            busy.set(false);
        });
    };
    let path = format!("/people/{}", from.id);
    let name_id = format!("balloon-{id}");
    let labelledby = name_id.clone();
    view! {
        <li class="balloon" aria-labelledby=labelledby>
            <a class="balloon-person" href=path>
                {avatar(from.id, &from.name, from.photo.as_ref())}
                <span>
                    <span class="balloon-name" id=name_id>{format!("{}, {}", from.name, from.age)}</span>
                    <span class="soft">
                        {live_moment(sent_at, Telling::Short, clock)} ", waits until "
                        {live_moment(expires_at, Telling::Day, clock)}
                    </span>
                </span>
            </a>
            {match invitation {
                Some(words) => view! { <p class="note">{words}</p> }.into_any(),
                None => view! { <blockquote class="note">{note}</blockquote> }.into_any(),
            }}
            {live_error(refused, None)}
            <form
                class="balloon-answers"
                method="post"
                action=format!("/balloons/{id}/catch")
                aria-busy=state(move || busy.get())
                on:submit=answer
            >
                <button class="primary" type="submit">
                    "Catch"
                </button>
                <button class="quiet" type="submit" formaction=format!("/balloons/{id}/pop")>
                    "Pop"
                </button>
                <a class="balloon-report" href=format!("/report?about=balloon&id={id}")>"Report"</a>
            </form>
        </li>
    }
}

#[derive(Clone, Copy)]
enum Deed {
    Catch,
    Pop,
}

enum Outcome {
    Opened(ChatId),
    Gone,
}

impl Deed {
    /// By the button that was pressed: the one that goes elsewhere pops.
    fn of(event: &SubmitEvent) -> Self {
        let pops = event.submitter().is_some_and(|button| button.has_attribute("formaction"));
        if pops { Self::Pop } else { Self::Catch }
    }

    async fn ask(self, balloon: BalloonId) -> Result<Outcome, api::Failure> {
        match self {
            Self::Catch => {
                let chat: OpenedChat = api::post(&format!("/balloons/{balloon}/catch"), &()).await?;
                Ok(Outcome::Opened(chat.id))
            }
            Self::Pop => api::tell("POST", &format!("/balloons/{balloon}/pop"), None).await.map(|()| Outcome::Gone),
        }
    }
}

fn take_away(balloons: RwSignal<Vec<ReceivedBalloon>>, gone: BalloonId) {
    balloons.update(|balloons| balloons.retain(|balloon| balloon.id != gone));
}

fn keep_current(balloons: RwSignal<Vec<ReceivedBalloon>>, is_newest: bool) {
    realtime::listen(move |event| match event {
        ServerEvent::BalloonGone { balloon } => take_away(balloons, *balloon),
        ServerEvent::Balloon { balloon } if is_newest => balloons.update(|balloons| arrive(balloons, balloon)),
        ServerEvent::Ready { .. } | ServerEvent::Resync { chat: None } if is_newest => fetch(balloons),
        _ => {}
    });
}

/// Newest first, each once.
fn arrive(balloons: &mut Vec<ReceivedBalloon>, balloon: &ReceivedBalloon) {
    if balloons.iter().all(|known| known.id != balloon.id) {
        balloons.insert(0, balloon.clone());
    }
}

/// What waits now, as far as the first page goes.
fn fetch(balloons: RwSignal<Vec<ReceivedBalloon>>) {
    spawn_local(async move {
        if let Ok(page) = api::get::<Page<ReceivedBalloon>>("/balloons?box=received").await {
            balloons.set(page.items);
        }
    });
}
