//! What a chat is about: for a group, who is in it and what they may do there; and how a new one is made.

use balloond_shared::{
    ChatId, PhotoId, UserId,
    chat::{Chat, ChatKind},
    group::Role,
    people::Person,
};
use leptos::prelude::*;

use crate::components::{
    field::{Field, Refused, form_alert},
    icon::{Icon, icon},
    portrait::avatar,
};

/// `title`: as it was typed. `candidates`: who can be invited; `chosen`: who was.
pub struct NewGroupPage {
    pub title: String,
    pub candidates: Vec<Person>,
    pub chosen: Vec<UserId>,
    pub refused: Refused,
}

impl NewGroupPage {
    pub fn view(self) -> impl IntoView {
        let Self { title, candidates, chosen, refused } = self;
        let choices: Vec<_> = candidates
            .into_iter()
            .map(|person| {
                let checked = chosen.contains(&person.id);
                view! {
                    <li>
                        <label class="choice">
                            <input type="checkbox" name="invite" value=person.id.to_string() checked=checked />
                            {avatar(person.id, &person.name, person.photo.as_ref())}
                            <span>{person.name}</span>
                        </label>
                    </li>
                }
            })
            .collect();
        let invites = if choices.is_empty() {
            view! { <p class="soft">"People you have a chat with can be invited. You have none yet."</p> }.into_any()
        } else {
            view! {
                <fieldset class="choices">
                    <legend>"Invite"</legend>
                    <p class="hint">"Each of them catches the invitation, or pops it."</p>
                    {refused.of("invite").map(|error| view! { <p class="error">{error}</p> })}
                    <ul role="list">{choices}</ul>
                </fieldset>
            }
            .into_any()
        };
        view! {
            <div class="settings-page">
                <p><a href="/chats">"Back to the chats"</a></p>
                <h1>"A new group"</h1>
                <form class="stack" method="post" action="/groups" novalidate>
                    {form_alert(&refused)}
                    <Field name="title" label="Title" value=title error=refused.of("title") autocomplete="off" />
                    {invites}
                    <button class="primary" type="submit">"Make the group"</button>
                </form>
            </div>
        }
    }
}

/// `title`: as it was typed.
pub struct GroupPage {
    pub chat: Chat,
    pub me: UserId,
    pub candidates: Vec<Person>,
    pub title: Option<String>,
    pub refused: Refused,
}

impl GroupPage {
    pub fn view(self) -> impl IntoView {
        let Self { chat, me, candidates, title, refused } = self;
        let id = chat.summary.id;
        let role_of =
            |user| chat.roles.iter().find(|member| member.user == user).map_or(Role::Member, |member| member.role);
        let own = role_of(me);
        let is_group = chat.summary.kind == ChatKind::Group;
        let members: Vec<_> =
            chat.members.iter().map(|person| member(&chat, person, role_of(person.id), own, person.id == me)).collect();
        let rename = (own >= Role::Moderator).then(|| {
            let value = title.unwrap_or_else(|| chat.summary.title.clone());
            view! {
                <form class="stack" method="post" action=format!("/chats/{id}/group") novalidate>
                    <Field name="title" label="Title" value=value error=refused.of("title") autocomplete="off" />
                    <button type="submit">"Rename"</button>
                </form>
            }
        });
        let invite = (own >= Role::Moderator && !candidates.is_empty()).then(|| {
            let choices: Vec<_> = candidates.into_iter().map(|person| candidate(&chat, &person)).collect();
            view! {
                <section aria-labelledby="invite">
                    <h2 id="invite">"Invite"</h2>
                    <ul class="settings-list" role="list">{choices}</ul>
                </section>
            }
        });
        let wrong = refused.of("photo");
        let photo = (own >= Role::Moderator).then(|| photo_forms(id, chat.summary.photo, wrong));
        let picture = chat.summary.photo.map(|photo| {
            let path = |size| format!("/chats/{id}/group/photo/{size}?v={photo}");
            view! {
                <p><a class="group-photo" href=path("large")><img src=path("small") alt="The group’s photo" width="160" height="160" /></a></p>
            }
        });
        view! {
            <div class="settings-page">
                <p><a href=format!("/chats/{id}")>"Back to the chat"</a></p>
                <h1>{chat.summary.title.clone()}</h1>
                {is_group.then_some(picture)}
                {form_alert(&refused)}
                {quiet(&chat)}
                {is_group.then(|| view! {
                    {rename}
                    {photo}
                    <section aria-labelledby="members">
                        <h2 id="members">"Members"</h2>
                        <ul class="settings-list" role="list">{members}</ul>
                    </section>
                    {invite}
                    <form method="post" action=format!("/chats/{id}/members/{me}/remove")>
                        <button class="quiet" type="submit">"Leave the group"</button>
                    </form>
                })}
            </div>
        }
    }
}

/// Giving the group a photo, and taking it away.
fn photo_forms(chat: ChatId, photo: Option<PhotoId>, wrong: Option<String>) -> impl IntoView + use<> {
    let words = if photo.is_some() { "Change the photo" } else { "Add a photo" };
    let remove = photo.map(|_| {
        view! {
            <form method="post" action=format!("/chats/{chat}/group/photo/remove")>
                <button class="text-button" type="submit">"Remove the photo"</button>
            </form>
        }
    });
    view! {
        <form class="stack" method="post" action=format!("/chats/{chat}/group/photo") enctype="multipart/form-data">
            <div class="field">
                <label for="photo">"Photo"</label>
                <input
                    id="photo"
                    type="file"
                    name="photo"
                    accept="image/jpeg,image/png,image/webp"
                    required
                    aria-invalid=wrong.is_some().then_some("true")
                    aria-describedby=if wrong.is_some() { "photo-hint photo-error" } else { "photo-hint" }
                />
                <p class="hint" id="photo-hint">"Only who is in this group can see it."</p>
                {wrong.map(|sentence| view! { <p class="error" id="photo-error">{sentence}</p> })}
            </div>
            <button type="submit">{words}</button>
        </form>
        {remove}
    }
}

/// What can be done with any chat.
fn quiet(chat: &Chat) -> impl IntoView + use<> {
    let (id, muted) = (chat.summary.id, chat.summary.muted);
    let (says, words) = if muted {
        ("Muted: it is not counted among what is unread.", "Unmute")
    } else {
        ("You are called when something is said here.", "Mute")
    };
    view! {
        <p><a class="button" href=format!("/search?chat={id}")>"Search this chat"</a></p>
        <form method="post" action=format!("/chats/{id}/mute")>
            <p class="soft">{says}</p>
            <input type="hidden" name="muted" value=(!muted).to_string() />
            <button type="submit">{words}</button>
        </form>
    }
}

fn member(chat: &Chat, person: &Person, role: Role, own: Role, is_me: bool) -> impl IntoView + use<> {
    let path = format!("/chats/{}/members/{}", chat.summary.id, person.id);
    let name = person.name.clone();
    let deed = |to: &'static str, words: &'static str| {
        let name = name.clone();
        view! {
            <form method="post" action=format!("{path}/role")>
                <input type="hidden" name="role" value=to />
                <button class="text-button" type="submit">{words} <span class="hidden">" " {name}</span></button>
            </form>
        }
    };
    let roles = (own == Role::Owner && !is_me).then(|| {
        let other =
            if role == Role::Member { deed("moderator", "Make moderator") } else { deed("member", "Make member") };
        view! { {other} {deed("owner", "Hand over")} }
    });
    let remove = (!is_me && own.may_remove(role)).then(|| {
        view! {
            <form method="post" action=format!("{path}/remove")>
                <button class="text-button" type="submit">"Remove" <span class="hidden">" " {name.clone()}</span></button>
            </form>
        }
    });
    let says = match role {
        Role::Owner => "Owner",
        Role::Moderator => "Moderator",
        Role::Member => "",
    };
    view! {
        <li>
            {avatar(person.id, &person.name, person.photo.as_ref())}
            <p>
                <a class="balloon-name" href=format!("/people/{}", person.id)>{person.name.clone()}</a> {is_me.then_some(" (you)")}
                <br />
                <span class="soft">{says}</span>
            </p>
            <div class="settings-deeds">{roles} {remove}</div>
        </li>
    }
}

fn candidate(chat: &Chat, person: &Person) -> impl IntoView + use<> {
    view! {
        <li>
            {avatar(person.id, &person.name, person.photo.as_ref())}
            <p class="balloon-name">{person.name.clone()}</p>
            <form method="post" action=format!("/chats/{}/invitations", chat.summary.id)>
                <input type="hidden" name="to" value=person.id.to_string() />
                <button type="submit">{icon(Icon::Balloon)} "Invite" <span class="hidden">" " {person.name.clone()}</span></button>
            </form>
        </li>
    }
}
