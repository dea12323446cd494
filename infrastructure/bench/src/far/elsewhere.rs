//! Where there are no network namespaces, nobody is far away.

use anyhow::{Result, bail};

use crate::{crowd::Crowd, report::Report, server::Servers};

/// There is none.
pub enum Link {}

/// # Errors
///
/// Always.
pub fn open() -> Result<Link> {
    bail!("a place far away needs Linux: its network namespaces and TUN devices")
}

pub async fn measure(link: &Link, _: &Servers, _: &Crowd, _: &mut Report) -> Result<()> {
    match *link {}
}
