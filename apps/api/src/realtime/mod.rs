//! The sockets of this process.
//!
//! Every worker thread has a [`Hub`] with its own sockets; nothing in it is shared, so nothing in it is locked. What happens
//! comes from the [`Feed`], one a process, which hands each event, encoded once, to every worker.

mod change;
mod feed;
mod frame;
mod hub;
mod inbound;
mod join;
mod measures;
mod outage;
mod presence;
mod room;
mod session;
mod socket;
mod upgrade;

pub use feed::Feed;
pub use hub::Hub;
pub use measures::measure;
pub use upgrade::{Upgradable, upgrade};
