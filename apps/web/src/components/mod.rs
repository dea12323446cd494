//! What pages and islands are made of.

pub mod badge;
pub mod brand;
pub mod bubble;
pub mod field;
pub mod icon;
pub mod navigation;
pub mod portrait;
pub mod time;
