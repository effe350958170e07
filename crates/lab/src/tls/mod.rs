//! TLS at ports: who vouches for the lab, what devices are shown, and one device's session.
//!
//! Sockets are the host's; here is what goes over them. Each handshake is made anew, without a
//! session to resume, so that every device sees the certificate of the moment, also a wrong one.

mod authority;
mod certificate;
mod chinese;
mod failure;
pub(crate) mod page;
mod session;
mod terms;
#[cfg(test)]
mod tests;

pub(crate) use authority::Authority;
pub use authority::AuthorityError;
pub(crate) use chinese::in_chinese;
pub(crate) use session::{Greeted, Over, Session, Taken};
pub(crate) use terms::Terms;
