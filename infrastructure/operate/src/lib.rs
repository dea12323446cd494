//! What operators do to a running Balloon'd from outside: deploy it, back it up, restore it.

pub mod backup;
pub mod deploy;
mod progress;
