//! Where faults go: `https://KEY@HOST/PROJECT`.

use std::fmt;

use url::Url;

#[derive(Clone, PartialEq, Eq)]
pub struct Dsn {
    pub(crate) endpoint: String,
    pub(crate) key: String,
}

impl Dsn {
    /// # Errors
    ///
    /// Says what is wrong in words that follow "the value".
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL ({error})"))?;
        let (path, project) = url.path().rsplit_once('/').unwrap_or(("", ""));
        let is_web = matches!(url.scheme(), "http" | "https");
        let (Some(host), false, false, true) = (url.host_str(), url.username().is_empty(), project.is_empty(), is_web)
        else {
            return Err("is not a DSN (https://KEY@HOST/PROJECT)".to_owned());
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let endpoint = format!("{}://{host}{port}{path}/api/{project}/envelope/", url.scheme());
        Ok(Self { endpoint, key: url.username().to_owned() })
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dsn(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_tells_where_and_with_which_key() {
        let dsn = Dsn::parse("https://abc@faults.example:444/behind/42").unwrap();
        assert_eq!(dsn.endpoint, "https://faults.example:444/behind/api/42/envelope/");
        assert_eq!(dsn.key, "abc");
        assert!(!format!("{dsn:?}").contains("abc"));
        for wrong in ["", "faults.example", "https://faults.example/42", "https://abc@faults.example", "ftp://a@b/1"] {
            assert!(Dsn::parse(wrong).is_err(), "{wrong}");
        }
    }
}
