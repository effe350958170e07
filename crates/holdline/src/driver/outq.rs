//! How many sent bytes a peer's TCP has not acknowledged yet.

/// Bytes of `stream` that were written and not acknowledged; `None` where nobody can tell.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the out-queue length has no safe interface")]
pub(crate) fn unacknowledged(stream: &impl std::os::fd::AsFd) -> Option<u64> {
    use std::os::fd::AsRawFd;
    let mut len: libc::c_int = 0;
    // SAFETY: the descriptor is open for as long as `stream` is borrowed, and `TIOCOUTQ`, which is
    // `SIOCOUTQ` for a socket, writes one `int` to the given place and touches nothing else.
    let result = unsafe { libc::ioctl(stream.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut len) };
    if result == 0 { u64::try_from(len).ok() } else { None }
}

/// Bytes of `stream` that were written and not acknowledged; `None` where nobody can tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn unacknowledged<S>(_stream: &S) -> Option<u64> {
    None
}
