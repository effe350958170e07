//! `HOST:PORT`, as it is typed.

use std::net::Ipv6Addr;

/// The server to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// A name or an address, without brackets.
    pub(crate) host: String,
    /// 1 to 65535.
    pub(crate) port: u16,
}

impl Target {
    /// Reads `host:port`, `1.2.3.4:port` or `[::1]:port`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let valid = match inner {
            Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && !host.contains(['/', ':', '[', ']', ' ', '@']),
        };
        let port = port.parse().ok().filter(|&port| port > 0 && valid)?;
        Some(Self { host: inner.unwrap_or(host).to_owned(), port })
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_told_apart() {
        for (text, host, port) in [
            ("example.com:80", "example.com", 80),
            ("10.0.0.1:65535", "10.0.0.1", 65535),
            ("[fd00::1]:1", "fd00::1", 1),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!((target.host.as_str(), target.port), (host, port));
            assert_eq!(target.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let urls = ["http://a:80", "user@a:80", "a:80/", "a b:80"];
        for text in ["", "a", "a:", ":80", "a:0", "a:65536", "a:x", "fd00::1", "[a]:1"] {
            assert!(Target::parse(text).is_none(), "{text}");
        }
        for text in urls {
            assert!(Target::parse(text).is_none(), "{text}");
        }
    }
}
