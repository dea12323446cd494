use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use balloond_shared::ErrorCode;

use crate::refusal::Refusal;

/// The version that `If-Match` expects (RFC 9110, 13.1.1); none without the header or for `*`. A tag that we never gave
/// cannot match: 412.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<i32>);

impl IfMatch {
    fn parse(value: Option<&str>) -> Result<Self, Refusal> {
        match value.map(str::trim) {
            None | Some("*") => Ok(Self(None)),
            Some(tag) => {
                let version =
                    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
                version.map(|version| Self(Some(version))).ok_or_else(|| ErrorCode::Stale.into())
            }
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default());
        ready(Self::parse(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_our_tags_and_matches_no_other() {
        assert_eq!(IfMatch::parse(None).unwrap(), IfMatch(None));
        assert_eq!(IfMatch::parse(Some("*")).unwrap(), IfMatch(None));
        assert_eq!(IfMatch::parse(Some("\"7\"")).unwrap(), IfMatch(Some(7)));
        for foreign in ["", "7", "W/\"7\"", "\"abc\"", "\"7\", \"8\""] {
            assert_eq!(IfMatch::parse(Some(foreign)).unwrap_err().0.status, 412, "{foreign}");
        }
    }
}
