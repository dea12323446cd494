//! Choosing ports: ours when they are free, another when they are not, and a clear word when that will not do.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::{Context, Result, bail};

/// Whether nobody listens on the loopback port.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A free loopback port, chosen by the system.
pub fn any_free() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr().context("no free port on 127.0.0.1")?.port())
}

/// `count` different free loopback ports.
pub fn some_free(count: usize) -> Result<Vec<u16>> {
    let held = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<std::io::Result<Vec<_>>>()
        .context("no free port on 127.0.0.1")?;
    held.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

/// Reads an address such as `127.0.0.1:3000` from the variable `name`, and makes sure that it can be listened on.
pub fn address(name: &str, default: SocketAddr) -> Result<SocketAddr> {
    let address = match std::env::var(name) {
        Ok(text) => text
            .parse::<SocketAddr>()
            .ok()
            .with_context(|| format!("{name} is `{text}`, which is not an address such as {default}"))?,
        Err(_) => default,
    };
    claimable(name, address)?;
    Ok(address)
}

/// A browser tries `[::1]` first for `localhost`, so somebody else's page there is in the way as well.
fn claimable(name: &str, address: SocketAddr) -> Result<()> {
    let port = address.port();
    let mut listened_on = vec![address];
    if is_local(address.ip()) {
        listened_on.push(SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port));
    }
    for candidate in listened_on {
        match TcpListener::bind(candidate) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
                "port {port} is in use by another program: stop it, or choose another one, for example {name}={}",
                SocketAddr::new(address.ip(), port.wrapping_add(10).max(1024))
            ),
            Err(error) if candidate == address => {
                return Err(error).with_context(|| format!("{name}: {address} cannot be listened on"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_local(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}
