//! Processor time, which other work on the machine changes less than time on the clock.

use anyhow::Result;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Seconds that `who` has taken so far, in the program and in the kernel for it.
pub(crate) fn seconds(who: UsageWho) -> Result<f64> {
    let usage = getrusage(who)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// Seconds that this program takes for `work`.
pub(crate) fn taken(work: impl FnOnce()) -> Result<f64> {
    let before = seconds(UsageWho::RUSAGE_SELF)?;
    work();
    Ok(seconds(UsageWho::RUSAGE_SELF)? - before)
}
