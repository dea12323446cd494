//! From where a request comes: the peer, or what the proxies that we trust say of it.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use balloond_domain::Client;

use super::{answer::Refusal, app::State};

/// The client of a request.
pub struct Origin(pub Client);

impl FromRequest for Origin {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let trusted = request.app_data::<State>().map_or(0, |app| app.config.trusted_proxies);
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let lines = request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
        let hops: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let user_agent = request
            .headers()
            .get(header::USER_AGENT)
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned());
        ready(Ok(Self(Client { address: address(peer, &hops, trusted), user_agent: user_agent.unwrap_or_default() })))
    }
}

/// Each proxy appends the address it was called from: with `trusted` of them before us, the client is that many from the right,
/// and whatever stands further left the client wrote itself.
fn address(peer: IpAddr, hops: &[&str], trusted: usize) -> IpAddr {
    let hop = trusted.checked_sub(1).and_then(|skipped| hops.iter().rev().nth(skipped));
    hop.and_then(|hop| parse(hop)).unwrap_or(peer).to_canonical()
}

/// Some proxies write a port.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_counted_from_the_right() {
        let client = |hops: &[&str], trusted| address("10.0.0.1".parse().unwrap(), hops, trusted).to_string();
        let hops = ["198.51.100.1", "203.0.113.7", "[2001:db8::1]:4711"];
        assert_eq!(client(&hops, 0), "10.0.0.1");
        assert_eq!(client(&hops, 1), "2001:db8::1");
        assert_eq!(client(&hops, 2), "203.0.113.7");
        assert_eq!(client(&hops, 4), "10.0.0.1");
        assert_eq!(client(&["unknown"], 1), "10.0.0.1");
    }
}
