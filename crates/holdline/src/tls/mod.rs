//! TLS without sockets: certificates told and judged, keys opened, failures named.
//!
//! - [`Certificate`] says what a certificate says of itself.
//! - [`judge()`] looks at a chain of certificates as a device would that calls a server by a name, and
//!   says what is wrong with it.
//! - [`start()`] makes the client's side of a connection from what a script gives;
//!   [`Failures::of`] names what went wrong with it.

mod certificate;
mod encrypted;
mod failure;
mod files;
mod judge;
mod start;
mod verifier;

pub(crate) use certificate::Certificate;
pub(crate) use failure::Failures;
pub(crate) use files::certificates;
pub(crate) use judge::{Trusted, judge};
pub(crate) use start::{start, start_with};
