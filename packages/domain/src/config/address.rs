//! URLs: checked, brought to one form, and shown without what is secret in them.

use std::net::IpAddr;

use balloond_mail::check_url;
use url::{Host, Url};

/// An origin as browsers write it in the `Origin` header: scheme, host and port, no default port, no path.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let url = parse_web(text)?;
    if url.path() != "/" {
        return Err("has a path; an origin is scheme, host and port".to_owned());
    }
    if url.scheme() == "http" && !is_local(&url) {
        return Err("is plain http; only localhost may do without https".to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

/// The base of other URLs: no slash at the end.
pub(super) fn parse_base(text: &str) -> Result<String, String> {
    parse_web(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
}

fn parse_web(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is not a URL ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("does not begin with http:// or https://".to_owned());
    }
    let is_bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if is_bare { Ok(url) } else { Err("has more in it than scheme, host, port and path".to_owned()) }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A mail server. Off this machine only over TLS: what it carries opens accounts.
pub(super) fn parse_smtp(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| format!("is not a URL ({error})"))?;
    let is_encrypted = match url.scheme() {
        "smtps" => true,
        "smtp" => url.query_pairs().any(|(name, value)| name == "tls" && value == "required"),
        _ => return Err("does not begin with smtp:// or smtps://".to_owned()),
    };
    if !is_encrypted && !url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host)) {
        return Err("is not encrypted: smtps://, or tls=required after smtp://".to_owned());
    }
    check_url(text).map_err(|_| "is not the URL of a mail server".to_owned())?;
    Ok(text.to_owned())
}

/// The host of an origin that [`parse_origin`] made.
pub(super) fn host(origin: &str) -> Option<String> {
    Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned))
}

pub(super) fn parse_postgres(text: &str) -> Result<String, String> {
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err("does not begin with postgres://".to_owned());
    }
    balloond_database::parse_url(text).map_err(|_| "is not a Postgres URL".to_owned())?;
    Ok(text.to_owned())
}

pub(super) fn parse_redis(text: &str) -> Result<String, String> {
    for url in text.split(',').map(str::trim) {
        if !["redis://", "rediss://", "unix://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err("does not begin with redis://, rediss:// or unix://".to_owned());
        }
        Url::parse(url).map_err(|error| format!("is not a URL ({error})"))?;
    }
    Ok(text.to_owned())
}

/// Whether a Postgres URL leads to this machine: by a loopback address or a socket.
pub(crate) fn is_local_postgres(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let (authority, rest) = rest.split_once(['/', '?']).unwrap_or((rest, ""));
    let named = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // What stands after `host=` outweighs the authority; a path is a socket.
    let asked =
        rest.split(['?', '&']).find_map(|pair| pair.strip_prefix("host=").or_else(|| pair.strip_prefix("hostaddr=")));
    asked.unwrap_or(named).split(',').all(is_local_host)
}

fn is_local_host(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_else(|| host.split(':').next().unwrap_or(""));
    let is_socket = bare.is_empty() || bare.starts_with('/') || bare.to_ascii_lowercase().starts_with("%2f");
    is_socket || bare == "localhost" || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// A URL without its password, for showing.
pub(super) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:…@{host}"),
            None => format!("{user}@{host}"),
        },
        None => rest.to_owned(),
    };
    let hide = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if key.contains("pass") => format!("{key}=…"),
        _ => pair.to_owned(),
    };
    let query =
        query.map(|query| format!("?{}", query.split('&').map(hide).collect::<Vec<_>>().join("&"))).unwrap_or_default();
    format!("{scheme}://{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_form() {
        assert_eq!(parse_origin("https://Example.COM:443/").unwrap(), "https://example.com");
        assert_eq!(parse_origin("http://localhost:3000").unwrap(), "http://localhost:3000");
        assert_eq!(parse_origin("http://[::1]:3000/").unwrap(), "http://[::1]:3000");
        for bad in [
            "example.com",
            "ftp://example.com",
            "https://example.com/app",
            "http://example.com",
            "https://a:b@example.com",
            "https://x.com?y",
        ] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://me:s3cr@t@db:5432/x?sslmode=require", "postgres://me:…@db:5432/x?sslmode=require"),
            ("postgres://me@db/x?password=s3cret&host=/tmp", "postgres://me@db/x?password=…&host=/tmp"),
            ("redis://:s3cret@cache:6379/0", "redis://:…@cache:6379/0"),
            ("redis://localhost:6379", "redis://localhost:6379"),
            ("s3cret", "…"),
        ] {
            assert_eq!(redact(url), shown);
        }
    }

    #[test]
    fn a_local_database_is_told_from_a_remote_one() {
        for local in [
            "postgres://me:pw@localhost:5432/x",
            "postgres://127.0.0.1/x?sslmode=disable",
            "postgres://me@[::1]:5432/x",
            "postgres:///x?host=/run/postgresql",
            "postgres://%2Ftmp%2Fpg/x",
        ] {
            assert!(is_local_postgres(local), "{local}");
        }
        for remote in [
            "postgres://me:pw@db.example.com/x",
            "postgres://10.0.0.5/x",
            "postgres://localhost/x?host=db.example.com",
            "nonsense",
        ] {
            assert!(!is_local_postgres(remote), "{remote}");
        }
    }
}
