use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, http::header::HeaderMap};
use balloond_domain::Client;

use crate::{refusal::Refusal, settings::Settings};

/// Characters of a user agent that are kept.
const USER_AGENT_MAX: usize = 200;

/// From where a request comes: the peer, or what the nearest proxies that we trust say of it.
pub struct ClientInfo(pub Client);

impl FromRequest for ClientInfo {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let hops = forwarded_for(request.headers());
        let address = client_address(peer, &hops, Settings::of(request).trusted_proxies);
        let user_agent =
            request.headers().get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        let user_agent =
            user_agent.unwrap_or_default().chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect();
        ready(Ok(Self(Client { address, user_agent })))
    }
}

/// All of `X-Forwarded-For`, the nearest hop last.
fn forwarded_for(headers: &HeaderMap) -> Vec<&str> {
    let lines = headers.get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|hop| !hop.is_empty()).collect()
}

/// Each proxy appends the address it was called from, so with `trusted` proxies before us the client is the `trusted`-th
/// entry from the right; whatever stands further left, the client wrote itself.
fn client_address(peer: IpAddr, hops: &[&str], trusted: usize) -> IpAddr {
    let hop = trusted.checked_sub(1).and_then(|skipped| hops.iter().rev().nth(skipped));
    hop.and_then(|hop| parse_hop(hop)).unwrap_or(peer).to_canonical()
}

/// An address, which some proxies write with a port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(hops: &[&str], trusted: usize) -> String {
        client_address("10.0.0.1".parse().unwrap(), hops, trusted).to_string()
    }

    #[test]
    fn without_trusted_proxies_only_the_peer_counts() {
        assert_eq!(address(&["203.0.113.7"], 0), "10.0.0.1");
    }

    #[test]
    fn the_client_is_counted_from_the_right() {
        let hops = ["198.51.100.1", "203.0.113.7", "192.0.2.9"];
        assert_eq!(address(&hops, 1), "192.0.2.9");
        assert_eq!(address(&hops, 2), "203.0.113.7");
    }

    #[test]
    fn what_is_missing_or_no_address_leaves_the_peer() {
        assert_eq!(address(&[], 1), "10.0.0.1");
        assert_eq!(address(&["203.0.113.7"], 2), "10.0.0.1");
        assert_eq!(address(&["unknown"], 1), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        assert_eq!(address(&["203.0.113.7:4711"], 1), "203.0.113.7");
        assert_eq!(address(&["[2001:db8::1]:4711"], 1), "2001:db8::1");
        assert_eq!(address(&["[2001:db8::1]"], 1), "2001:db8::1");
        assert_eq!(address(&["::ffff:203.0.113.7"], 1), "203.0.113.7");
    }
}
