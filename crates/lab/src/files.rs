//! How many files the process may open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than this is never asked for.
const FILES_MAX: u64 = 20_000;

/// Files that are kept for the page, the store and those who read it; fewer where there are few.
const KEPT: u64 = 512;

/// How many connections there may be of those that are wanted. Asks the system for what it gives to
/// everybody, as many systems begin with a thousand files.
pub(crate) fn connections_max(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let asked = FILES_MAX.min(maximum.unwrap_or(FILES_MAX));
    let mut files = current.unwrap_or(FILES_MAX);
    if files < asked
        && setrlimit(Resource::Nofile, Rlimit { current: Some(asked), maximum }).is_ok()
    {
        files = asked;
    }
    let left = files - KEPT.min(files / 2);
    usize::try_from(left).map_or(wanted, |left| wanted.min(left))
}
