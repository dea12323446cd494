//! Balloons: those that wait for their reader, and those the reader floated.

use balloond_shared::{
    Page,
    balloon::{BalloonBox, ReceivedBalloon, SentBalloon, SentState},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::empty;
use crate::components::{
    icon::{Icon, icon},
    portrait::avatar,
    time::{Telling, moment},
};

/// The events that change a box: a chat opens when a balloon is caught.
const CHANGES: &str = "ready balloon balloon_gone chat_opened chat_closed resync";

/// `shown`: the box a phone shows, where there is room for one. `refused`: why the last deed was not done.
pub struct BalloonsPage {
    pub received: Page<ReceivedBalloon>,
    pub sent: Page<SentBalloon>,
    pub shown: BalloonBox,
    /// These are the newest, and are kept so.
    pub is_newest: bool,
    pub refused: Option<String>,
    pub now: DateTime<Utc>,
}

impl BalloonsPage {
    pub fn view(self) -> impl IntoView {
        let Self { received, sent, shown, is_newest, refused, now } = self;
        let current = |tab: BalloonBox| (shown == tab).then_some("page");
        let class = match shown {
            BalloonBox::Received => "balloons-page shows-received",
            BalloonBox::Sent => "balloons-page shows-sent",
        };
        let older = |next: Option<balloond_shared::Cursor>, name: &'static str| {
            next.map(|next| {
                let path = format!("/balloons?box={name}&cursor={}", crate::server::encode_query(&next.0));
                view! { <p class="more"><a class="button" href=path rel="next">"Older balloons"</a></p> }
            })
        };
        view! {
            <div class=class>
                <h1>"Balloons"</h1>
                {refused.map(|sentence| view! { <p class="alert" role="alert">{sentence}</p> })}
                <nav class="tabs" aria-label="Boxes">
                    <a href="/balloons?box=received" aria-current=current(BalloonBox::Received)>"For you"</a>
                    <a href="/balloons?box=sent" aria-current=current(BalloonBox::Sent)>"From you"</a>
                </nav>
                <div class="boxes" id="boxes" data-live=is_newest.then_some(CHANGES)>
                    <section class="box box-received" aria-labelledby="received">
                        <h2 id="received">"For you"</h2>
                        {if received.items.is_empty() {
                            empty("No balloon right now", "When somebody floats you one, it comes up here by itself.", Some(("/people", "See who is here"))).into_any()
                        } else {
                            let waiting: Vec<_> = received.items.into_iter().map(|balloon| waiting(balloon, now)).collect();
                            view! { <ul class="balloons" role="list" aria-label="Balloons for you">{waiting}</ul> }.into_any()
                        }}
                        {older(received.next, "received")}
                    </section>
                    <section class="box box-sent" aria-labelledby="sent">
                        <h2 id="sent">"From you"</h2>
                        <p class="soft">"Whom a balloon was for shows again when it is caught. Until then nothing tells what became of it, to anybody."</p>
                        {if sent.items.is_empty() {
                            empty("You have not floated one yet", "Read a profile you like, and say one thing well.", Some(("/people", "See who is here"))).into_any()
                        } else {
                            let sent: Vec<_> = sent.items.into_iter().map(|balloon| floated(balloon, now)).collect();
                            view! { <ul class="sent-balloons" role="list">{sent}</ul> }.into_any()
                        }}
                        {older(sent.next, "sent")}
                    </section>
                </div>
            </div>
        }
    }
}

fn waiting(balloon: ReceivedBalloon, now: DateTime<Utc>) -> impl IntoView {
    let ReceivedBalloon { id, from, note, sent_at, expires_at, group } = balloon;
    let invitation = group.map(|group| format!("{} invites you to the group “{}”", from.name, group.title));
    let (item, name_id) = (format!("balloon-{id}"), format!("balloon-{id}"));
    view! {
        <li class="balloon" aria-labelledby=item>
            <a class="balloon-person" href=format!("/people/{}", from.id)>
                {avatar(from.id, &from.name, from.photo.as_ref())}
                <span>
                    <span class="balloon-name" id=name_id>{format!("{}, {}", from.name, from.age)}</span>
                    <span class="soft">
                        {moment(sent_at, Telling::Short, now)} ", waits until " {moment(expires_at, Telling::Day, now)}
                    </span>
                </span>
            </a>
            {match invitation {
                Some(words) => view! { <p class="note">{words}</p> }.into_any(),
                None => view! { <blockquote class="note">{note}</blockquote> }.into_any(),
            }}
            <form class="balloon-answers" method="post" action=format!("/balloons/{id}/catch")>
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

/// Whatever became of a balloon that was not caught, it looks the same.
fn floated(balloon: SentBalloon, now: DateTime<Utc>) -> impl IntoView {
    let SentBalloon { id, to, note, state, sent_at, chat, group } = balloon;
    let note = group.map_or(note, |group| format!("Invited to the group “{}”", group.title));
    let answer = match (state, chat) {
        (SentState::Caught, chat) => view! {
            <span class="state caught">{icon(Icon::Sent)} "Caught"</span>
            {chat.map(|chat| view! { <a href=format!("/chats/{chat}")>"Open the chat"</a> })}
        }
        .into_any(),
        (SentState::Floating, _) => view! {
            <span class="state">{icon(Icon::Balloon)} "Floating"</span>
            <form method="post" action=format!("/balloons/{id}/withdraw")>
                <button class="text-button" type="submit">"Take it back"</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <li class="sent-balloon">
            {match to {
                Some(to) => view! {
                    <a class="balloon-person" href=format!("/people/{}", to.id)>
                        {avatar(to.id, &to.name, to.photo.as_ref())}
                        <span>
                            <span class="balloon-name">{format!("{}, {}", to.name, to.age)}</span>
                            <span class="soft">{moment(sent_at, Telling::Short, now)}</span>
                        </span>
                    </a>
                }
                .into_any(),
                None => view! { <p class="soft">"Let go " {moment(sent_at, Telling::Short, now)} "."</p> }.into_any(),
            }}
            <blockquote class="note">{note}</blockquote>
            <div class="sent-answers">{answer}</div>
        </li>
    }
}
