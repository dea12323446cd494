//! What the browser, the API and the database agree on: ids, requests and answers, events, and the rules of valid input.
//!
//! Compiles to wasm and knows no server crate. Every rule stands here once; the browser applies it before sending,
//! both doors apply it after.

pub mod age;
pub mod api_token;
pub mod auth;
pub mod backoff;
pub mod balloon;
pub mod catch_up;
pub mod chat;
pub mod error;
pub mod event;
pub mod group;
pub mod id;
pub mod leaving;
pub mod moderation;
pub mod notification;
pub mod outbox;
pub mod page;
pub mod page_view;
pub mod passkey;
pub mod people;
pub mod photo;
pub mod privacy;
pub mod profile;
pub mod report;
pub mod rich_text;
pub mod safety;
pub mod search;
pub mod second_step;
pub mod session;
pub mod staff;
pub mod switch;
pub mod text;
pub mod timeline;
pub mod traceparent;

pub use age::{Age, current_age};
pub use error::{ApiError, ErrorCode, FieldError, FieldErrors};
pub use id::{
    ApiTokenId, AuditId, BalloonId, BlockId, ChatId, ClientId, ErasureId, ExportId, MessageId, PasskeyId, PhotoId,
    ReportId, SessionId, SuspensionId, UserId,
};
pub use page::{Cursor, Page};
pub use photo::{Photo, PhotoUrls};
pub use text::{
    Bio, DisplayName, Email, Emoji, GroupTitle, HiddenWord, Interest, Label, MessageBody, Note, Password, ReportWords,
};
