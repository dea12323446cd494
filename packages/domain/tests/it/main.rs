//! The use cases on a real Postgres, Redis and object store: one file each.

mod account_mails;
mod api_tokens;
mod catch;
mod changes;
mod chat_photos;
mod chats;
mod demo;
mod edge;
mod float;
mod groups;
mod jobs;
mod leaving;
mod log_in;
mod log_out;
mod messages;
mod moderation;
mod notifications;
mod page_views;
mod passkeys;
mod people;
mod photos;
mod pop;
mod privacy;
mod profile;
mod read;
mod refresh;
mod register;
mod reports;
mod rotation;
mod safety;
mod search;
mod second_step;
mod sessions;
mod silence;
mod staff;
mod switches;
mod verification;
mod withdraw;

use balloond_domain::Result;
use balloond_shared::ErrorCode;

/// With which code it was refused; none when it was done.
fn refused<T>(result: Result<T>) -> Option<ErrorCode> {
    result.err().map(|error| error.to_api().code)
}

/// The fields at fault, each with its code; none when it was done or refused for another reason.
fn faults<T>(result: Result<T>) -> Vec<String> {
    let errors = result.err().map(|error| error.to_api().errors.0).unwrap_or_default();
    errors.into_iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
}
