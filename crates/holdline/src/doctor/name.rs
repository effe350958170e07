//! Names to addresses, as the system answers.

use dns_lookup::{AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use serde::Serialize;
use std::net::IpAddr;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NameFailure {
    /// There is no such name, or it has no address.
    Unknown,
    /// Whoever knows could not be asked.
    NotAsked,
}

/// Every address of `host`, each once, in the order in which they are to be tried.
pub(crate) fn addresses(host: &str) -> Result<Vec<IpAddr>, NameFailure> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let hints = AddrInfoHints { socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let answers =
        getaddrinfo(Some(host), None, Some(hints)).map_err(|error| failure(error.kind()))?;
    let mut found = Vec::new();
    for answer in answers.flatten() {
        let address = answer.sockaddr.ip();
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.is_empty() { Err(NameFailure::Unknown) } else { Ok(found) }
}

fn failure(kind: LookupErrorKind) -> NameFailure {
    let is_unknown = matches!(kind, LookupErrorKind::NoName | LookupErrorKind::NoData);
    if is_unknown { NameFailure::Unknown } else { NameFailure::NotAsked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_up_and_an_address_is_not() {
        assert_eq!(addresses("192.0.2.1").unwrap(), ["192.0.2.1".parse::<IpAddr>().unwrap()]);
        let local = addresses("localhost").unwrap();
        assert!(local.iter().all(IpAddr::is_loopback), "{local:?}");
        let mut once = local.clone();
        once.dedup();
        assert_eq!(once, local);
        assert!(addresses("no such name").is_err());
    }

    #[test]
    fn a_name_that_is_not_there_is_told_from_nobody_to_ask() {
        assert_eq!(failure(LookupErrorKind::NoName), NameFailure::Unknown);
        assert_eq!(failure(LookupErrorKind::Again), NameFailure::NotAsked);
    }
}
