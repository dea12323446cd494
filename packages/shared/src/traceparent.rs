//! Where a trace goes on: W3C Trace Context's `traceparent`, version 00.

use std::{fmt, str::FromStr};

/// The header's name.
pub const TRACEPARENT: &str = "traceparent";
/// Bytes of one, all of them ASCII.
pub const TRACEPARENT_LENGTH: usize = 55;

/// A span that others belong under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traceparent {
    /// Never 0.
    pub trace: u128,
    /// Never 0.
    pub span: u64,
    /// Whoever wrote it keeps the trace.
    pub sampled: bool,
}

impl Traceparent {
    /// One that begins a trace: what is given is random.
    #[must_use]
    pub fn begin(trace: u128, span: u64) -> Self {
        Self { trace: trace.max(1), span: span.max(1), sampled: true }
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, span, sampled } = *self;
        let (high, low) = ((trace >> 64) as u64, trace as u64);
        write!(f, "00-{high:016x}{low:016x}-{span:016x}-{:02x}", u8::from(sampled))
    }
}

/// Not one: to be treated as if nothing had been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTraceparent;

impl FromStr for Traceparent {
    type Err = NoTraceparent;

    /// As the recommendation says: digits in lower case, no id of zeros, and of a later version what is known of it.
    fn from_str(text: &str) -> Result<Self, NoTraceparent> {
        let known = text.get(..TRACEPARENT_LENGTH).ok_or(NoTraceparent)?;
        let rest = text.get(TRACEPARENT_LENGTH..).unwrap_or_default();
        let mut parts = known.split('-');
        let mut digits = |count| {
            let part = parts.next().filter(|part| part.len() == count).ok_or(NoTraceparent)?;
            let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            if part.bytes().all(is_digit) { Ok(part) } else { Err(NoTraceparent) }
        };
        let (version, trace, span, flags) = (digits(2)?, digits(32)?, digits(16)?, digits(2)?);
        if version == "ff" || !(rest.is_empty() || version != "00" && rest.starts_with('-')) {
            return Err(NoTraceparent);
        }
        let trace = u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0).ok_or(NoTraceparent)?;
        let span = u64::from_str_radix(span, 16).ok().filter(|id| *id != 0).ok_or(NoTraceparent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| NoTraceparent)?;
        Ok(Self { trace, span, sampled: flags & 1 == 1 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn what_is_written_is_read() {
        let text = format!("00-{TRACE}-{SPAN}-01");
        let read: Traceparent = text.parse().unwrap();
        assert_eq!((format!("{:032x}", read.trace), format!("{:016x}", read.span)), (TRACE.into(), SPAN.into()));
        assert!(read.sampled);
        assert_eq!(read.to_string(), text);
        assert_eq!(format!("00-{TRACE}-{SPAN}-00").parse().map(|it: Traceparent| it.sampled), Ok(false));
        assert!(format!("cc-{TRACE}-{SPAN}-03-later").parse::<Traceparent>().is_ok());
        let begun = Traceparent::begin(0, 0);
        assert_eq!(begun.to_string().parse(), Ok(begun));
    }

    #[test]
    fn anything_else_is_none() {
        let zeros = "0".repeat(32);
        for wrong in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("cc-{TRACE}-{SPAN}-01x"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
            format!("00_{TRACE}_{SPAN}_01"),
            format!("00-{}é-{SPAN}-01", &TRACE[2..]),
        ] {
            assert_eq!(wrong.parse::<Traceparent>(), Err(NoTraceparent), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = text.parse::<Traceparent>();
        }
    }
}
