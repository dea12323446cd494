//! Background jobs: enqueued in the transaction that makes them necessary, run by `balloond-api worker`, tried again with
//! growing waits until they succeed (25 times at most, over about four days), then dead until somebody retries them.
//!
//! A worker that dies loses nothing: what it was at is tried again by another. So a job may run twice, and is written so that
//! its effect comes about once.

mod call;
mod dead;
mod delete_chat_photo;
mod delete_ended_sessions;
mod delete_faded_balloons;
mod delete_idempotency_keys;
mod delete_old_reports;
mod delete_orphaned_objects;
mod delete_photo_objects;
mod digest;
mod erase_account;
mod forget_photos;
mod mail;
mod make_export;
mod reseal_secrets;
mod roll_up_page_views;
mod schedule;
mod traced;
mod worker;

use balloond_database::{AsyncPgConnection, job};
use balloond_shared::{ChatId, ErasureId, ExportId, MessageId, PhotoId, UserId};
use graphile_worker::TaskHandler;

use crate::{Error, Result, auth::Change};
use call::{CallMembers, CallReceiver, Push, PushBalloon};
use delete_chat_photo::DeleteChatPhoto;
use delete_photo_objects::DeletePhotoObjects;
use digest::MailDigest;
use erase_account::EraseAccount;
use forget_photos::ForgetPhotos;
use mail::{MailChange, MailReset, MailVerification};
use make_export::MakeExport;

pub use dead::{dead, retry, retry_all};
pub use worker::{Drained, InstallError, drain, install, run, run_due};

/// Those that are enqueued by statements of their own.
pub(crate) const CALL_MEMBERS: &str = CallMembers::IDENTIFIER;
pub(crate) const PUSH: &str = Push::IDENTIFIER;
pub(crate) const CALL_RECEIVER: &str = CallReceiver::IDENTIFIER;
pub(crate) const PUSH_BALLOON: &str = PushBalloon::IDENTIFIER;
pub(crate) const MAIL_DIGEST: &str = MailDigest::IDENTIFIER;

/// What can be enqueued.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    /// Deletes the files of a photo that no row names any more.
    DeletePhotoObjects { user: UserId, photo: PhotoId },
    /// Deletes the files of a chat's photo that no message names any more.
    DeleteChatPhoto { chat: ChatId, message: MessageId },
    /// Removes what is left of an erased person.
    EraseAccount { user: UserId, receipt: Option<ErasureId>, photos: Vec<PhotoId> },
    /// Has the CDN forget the photos of an erased person.
    ForgetPhotos { user: UserId, photos: Vec<PhotoId>, receipt: Option<ErasureId> },
    /// Makes a copy of all that is kept of somebody.
    MakeExport { export: ExportId },
    /// Mails a code to whoever registered.
    MailVerification { user: UserId },
    /// Mails somebody that the way they log in has changed.
    MailChange { user: UserId, change: Change },
    /// Mails a code for a new password, if the email has an account.
    MailReset { email: String },
}

/// Enqueues a job: it will be done if and only if the transaction of `conn` commits.
pub(crate) async fn enqueue(conn: &mut AsyncPgConnection, job: &Job) -> Result<()> {
    let (task, payload) = match job.clone() {
        Job::DeletePhotoObjects { user, photo } => {
            (DeletePhotoObjects::IDENTIFIER, serde_json::to_value(DeletePhotoObjects { user, photo }))
        }
        Job::DeleteChatPhoto { chat, message } => {
            (DeleteChatPhoto::IDENTIFIER, serde_json::to_value(DeleteChatPhoto { chat, message }))
        }
        Job::EraseAccount { user, receipt, photos } => {
            (EraseAccount::IDENTIFIER, serde_json::to_value(EraseAccount { user, receipt, photos }))
        }
        Job::ForgetPhotos { user, photos, receipt } => {
            (ForgetPhotos::IDENTIFIER, serde_json::to_value(ForgetPhotos { user, photos, receipt }))
        }
        Job::MailVerification { user } => {
            (MailVerification::IDENTIFIER, serde_json::to_value(MailVerification { user }))
        }
        Job::MailChange { user, change } => (MailChange::IDENTIFIER, serde_json::to_value(MailChange { user, change })),
        Job::MailReset { email } => (MailReset::IDENTIFIER, serde_json::to_value(MailReset { email })),
        Job::MakeExport { export } => (MakeExport::IDENTIFIER, serde_json::to_value(MakeExport { export })),
    };
    Ok(job::add(conn, task, &traced::with_trace(payload.map_err(Error::internal)?)).await?)
}
