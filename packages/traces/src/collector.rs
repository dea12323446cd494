//! Where spans go, and how many.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

/// A collector, with what it wants to be told, and the share of traces that are kept.
#[derive(Clone, PartialEq)]
pub struct Collector {
    /// Of HTTP, without a slash at the end; `/v1/traces` is added.
    pub(crate) endpoint: String,
    /// Names and values.
    pub(crate) headers: Vec<(String, String)>,
    /// 0 to 1.
    pub(crate) ratio: f64,
}

impl Collector {
    /// Keeps every trace, and sends no headers.
    ///
    /// # Errors
    ///
    /// Says what is wrong in words that follow "the value".
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL ({error})"))?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_plain || url.fragment().is_some() {
            return Err("is not the base of a collector of OTLP over HTTP (https://HOST:PORT/PATH)".to_owned());
        }
        Ok(Self { endpoint: url.as_str().trim_end_matches('/').to_owned(), headers: Vec::new(), ratio: 1.0 })
    }

    #[must_use]
    pub fn with_headers(self, headers: Vec<(String, String)>) -> Self {
        Self { headers, ..self }
    }

    #[must_use]
    pub fn with_ratio(self, ratio: f64) -> Self {
        Self { ratio, ..self }
    }

    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    #[must_use]
    pub const fn ratio(&self) -> f64 {
        self.ratio
    }

    #[must_use]
    pub const fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }
}

/// Headers are keys of a collector.
impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, ratio, .. } = self;
        f.debug_struct("Collector").field("endpoint", endpoint).field("ratio", ratio).finish_non_exhaustive()
    }
}

/// `name=value,name=value`, the values percent-encoded, as OpenTelemetry has it.
///
/// # Errors
///
/// As [`Collector::parse`].
pub fn parse_headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let header = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let is_value = value.bytes().all(|b| (b' '..=b'~').contains(&b));
        (is_name(name.trim()) && is_value).then(|| (name.trim().to_owned(), value.into_owned()))
    };
    let headers = text.split(',').map(header).collect::<Option<_>>();
    headers.ok_or_else(|| "is not a list of headers (name=value,name=value)".to_owned())
}

/// # Errors
///
/// As [`Collector::parse`].
pub fn parse_ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "is not a number from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_its_base() {
        let collector = Collector::parse("https://otlp.example.com/otlp/").unwrap();
        assert_eq!(collector.endpoint(), "https://otlp.example.com/otlp");
        assert_eq!(Collector::parse("http://localhost:4318").unwrap().endpoint(), "http://localhost:4318");
        for wrong in
            ["", "localhost:4318", "grpc://localhost:4317", "http://me:secret@localhost", "http://localhost?a=b"]
        {
            assert!(Collector::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_decoded_and_never_shown() {
        let headers = parse_headers("Authorization=Basic%20c2VjcmV0==, x-scope=one").unwrap();
        let decoded = [("Authorization", "Basic c2VjcmV0=="), ("x-scope", "one")];
        assert_eq!(headers, decoded.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let collector = Collector::parse("http://localhost:4318").unwrap().with_headers(headers);
        assert!(collector.has_headers() && !format!("{collector:?}").contains("c2VjcmV0"));
        for wrong in ["", "novalue", "=x", "a b=c", "a=%0d%0ab", "a=%ff"] {
            assert!(parse_headers(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ratio_is_a_share() {
        assert_eq!(parse_ratio("0.05"), Ok(0.05));
        for wrong in ["", "NaN", "-0.1", "1.1", "all"] {
            assert!(parse_ratio(wrong).is_err(), "{wrong}");
        }
    }
}
