//! Where a device can reach a port, and the line for its script.

use crate::config::PortKind;
use std::net::{IpAddr, SocketAddr};

/// Every address at which somebody who listens there is reached: those of the network first.
pub(super) fn of(listen: SocketAddr) -> Vec<IpAddr> {
    if !listen.ip().is_unspecified() {
        return vec![listen.ip()];
    }
    // Without a list of what there is, what is always there remains.
    let found = if_addrs::get_if_addrs().unwrap_or_default();
    let is_ours = |one: &if_addrs::Interface| {
        !one.is_link_local() && (listen.is_ipv6() || one.ip().is_ipv4())
    };
    let mut all: Vec<IpAddr> =
        found.iter().filter(|one| is_ours(one)).map(if_addrs::Interface::ip).collect();
    all.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6(), *ip));
    all.dedup();
    all
}

/// The line of a LuaTask script, for `c` that `socket.tcp()` or `socket.udp()` made.
pub(super) fn for_luatask(ip: IpAddr, port: u16) -> String {
    format!("c:connect(\"{ip}\", {port})")
}

/// The line of a script for the older modules.
pub(super) fn for_air202(kind: PortKind, ip: IpAddr, port: u16) -> String {
    let protocol = kind.word().to_ascii_uppercase();
    format!("socket.connect(1,\"{protocol}\",\"{ip}\",{port},ntfy,rcv)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_pasted() {
        let ip: IpAddr = [192, 168, 1, 5].into();
        assert_eq!(for_luatask(ip, 9999), r#"c:connect("192.168.1.5", 9999)"#);
        let old = r#"socket.connect(1,"TCP","192.168.1.5",9999,ntfy,rcv)"#;
        assert_eq!(for_air202(PortKind::Tcp, ip, 9999), old);
    }

    #[test]
    fn who_listens_everywhere_is_told_every_address() {
        assert_eq!(of("127.0.0.1:9".parse().expect("an address")).len(), 1);
        let all = of("0.0.0.0:9".parse().expect("an address"));
        assert!(all.iter().all(IpAddr::is_ipv4) && all.last().is_some_and(IpAddr::is_loopback));
        let both = of("[::]:9".parse().expect("an address"));
        assert!(all.iter().all(|ip| both.contains(ip)), "{all:?} {both:?}");
    }
}
