//! The operators' tools, as programs, on real services.

mod backup;
mod deploy;
