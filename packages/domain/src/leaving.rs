//! Taking one's data along, and being forgotten.

mod erase;
mod export;

pub(crate) use erase::finish as finish_erasure;
pub use erase::{erase, receipt};
pub(crate) use export::{delete_expired as delete_expired_exports, make as make_export};
pub use export::{export, request_export};
