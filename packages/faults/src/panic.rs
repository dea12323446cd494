//! A panic is an error like others: logged with where it happened, in the request that it happened in.

use std::{backtrace::Backtrace, panic};

/// From now on panics are logged instead of printed.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or("unknown");
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::force_capture();
        tracing::error!(panic = said, location, %backtrace, "panicked");
    }));
}
