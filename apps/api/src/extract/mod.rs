//! What handlers take from a request, one extractor a file.

mod client_info;
mod held;
mod if_match;
mod json_body;
mod member_path;
mod message_path;
mod path_id;
mod photo_upload;
mod query;
mod signed;
mod staff;

pub use client_info::ClientInfo;
pub use held::Held;
pub use if_match::IfMatch;
pub use json_body::{JsonBody, MaybeJsonBody, read as read_body};
pub use member_path::MemberPath;
pub use message_path::{GroupPhotoPath, MessagePath, PhotoPath};
pub use path_id::PathId;
pub use photo_upload::{PhotoForm, PhotoUpload};
pub use query::Query;
pub use signed::{Signed, bearer};
pub use staff::{StaffOnly, admit};
