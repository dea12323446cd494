//! Taking one's data along, and being forgotten.

mod erase;
mod export;

pub use erase::{erase, receipt};
pub(crate) use erase::{erase_unverified, finish as finish_erasure, finish_forgetting, remove};
pub(crate) use export::{delete_expired as delete_expired_exports, make as make_export};
pub use export::{export, request_export};
