//! Where a browser wants its notes: an address that a stranger chose, and that we go to.

use std::fmt;

use url::{Host, Url};

use crate::global;

/// Bytes of an endpoint at most; those of the known services have a few hundred.
pub const MAX_ENDPOINT: usize = 1024;

/// An https address of a public host, on the usual port.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointFault {
    #[error("This is too long.")]
    TooLong,
    #[error("This is not the address of a push service.")]
    Malformed,
    #[error("Push services are reached over https, under a public name.")]
    NotAllowed,
}

impl Endpoint {
    pub(crate) fn parse(text: &str, allows_local: bool) -> Result<Self, EndpointFault> {
        if text.len() > MAX_ENDPOINT {
            return Err(EndpointFault::TooLong);
        }
        let url = Url::parse(text).map_err(|_| EndpointFault::Malformed)?;
        let has_more = !url.username().is_empty() || url.password().is_some() || url.fragment().is_some();
        let is_public = url.scheme() == "https" && url.port().is_none() && has_public_host(&url);
        let is_local = allows_local && url.scheme() == "http" && has_local_host(&url);
        if has_more || !(is_public || is_local) {
            return Err(EndpointFault::NotAllowed);
        }
        Ok(Self(url))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme and host, as RFC 8292 wants them (`aud`).
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The push service's name, which a person may see.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for Endpoint {
    /// Whoever knows the rest of it can wake the browser.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}/…)", self.origin())
    }
}

/// A name with a dot in it. What it resolves to is looked at when it is gone to; an address in its place would not be.
fn has_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_inside = [".local", ".internal", ".localhost", ".home.arpa"].iter().any(|end| name.ends_with(end));
            name.contains('.') && !is_inside
        }
        _ => false,
    }
}

fn has_local_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => !global::is_global(address.into()),
        Some(Host::Ipv6(address)) => !global::is_global(address.into()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_services_are_allowed() {
        for url in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
            "https://web.push.apple.com/QGz",
            "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d",
        ] {
            assert!(Endpoint::parse(url, false).is_ok(), "{url}");
        }
    }

    #[test]
    fn nothing_inside_is_reached_by_an_endpoint() {
        for url in [
            "http://push.example.com/a",
            "https://push.example.com:8443/a",
            "https://me:pass@push.example.com/a",
            "https://push.example.com/a#b",
            "https://localhost/a",
            "https://intranet/a",
            "https://redis.internal/a",
            "https://printer.local./a",
            "https://127.0.0.1/a",
            "https://0x7f000001/a",
            "https://2130706433/a",
            "https://10.0.0.1/a",
            "https://8.8.8.8/a",
            "https://[::1]/a",
            "https://[::ffff:10.0.0.1]/a",
            "ftp://push.example.com/a",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert_eq!(Endpoint::parse(url, false), Err(EndpointFault::NotAllowed), "{url}");
        }
        assert_eq!(Endpoint::parse("push", false), Err(EndpointFault::Malformed));
        let long = format!("https://push.example.com/{}", "a".repeat(MAX_ENDPOINT));
        assert_eq!(Endpoint::parse(&long, false), Err(EndpointFault::TooLong));
    }

    #[test]
    fn a_service_on_this_machine_is_for_tests_alone() {
        let url = "http://127.0.0.1:4000/a";
        assert!(Endpoint::parse(url, true).is_ok() && Endpoint::parse(url, false).is_err());
        assert_eq!(Endpoint::parse("http://push.example.com/a", true), Err(EndpointFault::NotAllowed));
    }

    #[test]
    fn an_endpoint_is_not_shown_whole() {
        let endpoint = Endpoint::parse("https://push.example.com/hush", false).unwrap();
        assert_eq!((format!("{endpoint:?}").contains("hush"), endpoint.host()), (false, "push.example.com"));
    }
}
