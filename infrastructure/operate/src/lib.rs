//! What operators do to a running Balloon'd from outside: back it up, restore it.

pub mod backup;
mod progress;
