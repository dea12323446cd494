//! A program that ends with its parent, even when the parent is killed in a way that it cannot notice.
//!
//! The kernel can do that (`PR_SET_PDEATHSIG`), but only for the process that asks. So this program starts itself as a
//! `tether` that asks, and then becomes the program that was wanted: the setting survives `execve`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Error, Result};
use rustix::process::{Pid, Signal, getppid};

/// Becomes `command`, which will get `signal` when the process `parent` ends. Returns only if that failed.
pub fn exec(signal: i32, parent: i32, command: &[OsString]) -> Result<std::convert::Infallible> {
    let (program, args) = command.split_first().context("nothing to run")?;
    follow(Signal::from_named_raw(signal).context("not a signal")?)?;
    // The parent may have ended before the kernel was told.
    if getppid() != Pid::from_raw(parent) {
        return Err(Error::msg("the supervisor is gone"));
    }
    let error = Command::new(program).args(args).exec();
    Err(error).with_context(|| format!("{} cannot be started", program.display()))
}

/// Asks the kernel to send this process `signal` when its parent ends. Elsewhere than on Linux a clean end still works.
pub fn follow(signal: Signal) -> Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(signal)).context("PR_SET_PDEATHSIG was refused")?;
    #[cfg(not(target_os = "linux"))]
    let _ = signal;
    Ok(())
}
