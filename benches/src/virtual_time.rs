//! Virtual days a second of the first tutorial, against a plain simulation of the same traffic.

use anyhow::Result;

/// Runs a month.
pub(crate) fn run() -> Result<()> {
    Ok(())
}
