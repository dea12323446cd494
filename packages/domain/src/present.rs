//! From rows to what leaves the house.

use balloond_database::{chat::LastMessage, message, photo, user};
use balloond_shared::{
    ChatId, Photo, PhotoId, UserId,
    chat::{ChatKind, ChatSummary, Message, Quote, excerpt, words},
    current_age,
    people::Person,
    profile::{Me, Profile},
    staff::StaffRole,
};
use balloond_storage::Storage;
use chrono::{NaiveDate, Utc};

/// A person as a list shows them.
pub(crate) fn person(storage: &Storage, card: user::Card) -> Person {
    let photo =
        card.photo.map(|first| photo_of(storage, card.id, first.id, (first.width, first.height), first.placeholder));
    Person {
        id: card.id,
        name: card.name,
        age: current_age(card.age, card.age_given_on, today()),
        headline: card.bio.lines().next().unwrap_or_default().to_owned(),
        interests: card.interests,
        photo,
    }
}

pub(crate) fn photo(storage: &Storage, owner: UserId, row: photo::Photo) -> Photo {
    photo_of(storage, owner, row.id, (row.width, row.height), row.placeholder)
}

pub(crate) fn profile(storage: &Storage, user: user::User, photos: Vec<photo::Photo>) -> Profile {
    Profile {
        photos: photos.into_iter().map(|row| photo(storage, user.id, row)).collect(),
        id: user.id,
        name: user.name,
        age: current_age(user.age, user.age_given_on, today()),
        bio: user.bio,
        interests: user.interests,
    }
}

pub(crate) fn me(storage: &Storage, user: user::User, photos: Vec<photo::Photo>) -> Me {
    Me {
        email: user.email.clone(),
        verified: user.verified_at.is_some(),
        version: user.version,
        joined_at: user.created_at,
        suspended: user.suspended_until.is_some_and(|until| until > Utc::now()),
        role: user.role.as_deref().and_then(StaffRole::by_name),
        profile: profile(storage, user, photos),
    }
}

pub(crate) fn message((row, quoted): message::Found) -> Message {
    Message { reply_to: quoted.map(quote), ..plain_message(row) }
}

fn quote(row: message::Quoted) -> Quote {
    let message::Quoted { id, seq, changed_seq, sender_id, body, photo } = row;
    Quote { id, seq, changed_seq, sender: sender_id, excerpt: excerpt(words(&body, photo.is_some())) }
}

/// Without what it answers.
pub(crate) fn plain_message(row: message::Message) -> Message {
    Message {
        id: row.id,
        chat: row.chat_id,
        seq: row.seq,
        changed_seq: row.changed_seq,
        sender: row.sender_id,
        client_id: row.client_id,
        body: row.body,
        sent_at: row.sent_at,
        edited_at: row.edited_at,
        deleted: row.deleted_at.is_some() && row.line.is_none(),
        reply_to: None,
        reactions: row.reactions.unwrap_or_default().0,
        photo: row.photo.map(|picture| picture.0),
        line: row.line.map(|line| line.0),
    }
}

/// A chat in a list; `with` is the other person of a direct chat.
pub(crate) fn chat_summary(row: balloond_database::chat::Summary, with: Option<Person>) -> ChatSummary {
    let direct = row.kind == balloond_database::chat::DIRECT;
    let name = with.as_ref().map(|person| person.name.clone());
    ChatSummary {
        id: row.id,
        kind: if direct { ChatKind::Direct } else { ChatKind::Group },
        title: row.title.or(name).unwrap_or_default(),
        with,
        head: row.head,
        read_seq: row.read_seq,
        unread: row.unread,
        muted: row.muted,
        photo: row.photo_id.map(|id| PhotoId::from_uuid(id.as_uuid())),
        last_message: last_message(row.id, row.last),
    }
}

fn last_message(chat: ChatId, last: LastMessage) -> Option<Message> {
    Some(Message {
        id: last.message_id?,
        chat,
        seq: last.seq?,
        changed_seq: last.changed_seq?,
        sender: last.sender_id?,
        client_id: last.client_id?,
        body: last.body?,
        sent_at: last.sent_at?,
        edited_at: last.edited_at,
        deleted: last.deleted_at.is_some() && last.line.is_none(),
        reply_to: None,
        reactions: Vec::new(),
        photo: last.photo.map(|picture| picture.0),
        line: last.line.map(|line| line.0),
    })
}

fn photo_of(storage: &Storage, owner: UserId, id: PhotoId, (width, height): (i32, i32), placeholder: String) -> Photo {
    Photo { id, urls: storage.photo_urls(owner, id), width, height, placeholder }
}

fn today() -> NaiveDate {
    Utc::now().date_naive()
}
