//! Where a device can reach a port, and the line for its script.

use crate::config::PortKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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

/// Whether it means something inside of one network only.
pub(super) fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The line of a LuaTask script. Without TLS it is for `c` that `socket.tcp()` or `socket.udp()` made.
pub(super) fn for_luatask(kind: PortKind, ip: IpAddr, port: u16) -> String {
    let made = match kind {
        PortKind::Tcp | PortKind::Udp => String::new(),
        PortKind::Tls => r#"c = socket.tcp(true, {caCert="ca.crt"}) "#.to_owned(),
        PortKind::Mtls => {
            let own = r#"clientCert="client.pem", clientKey="client.pem""#;
            format!(r#"c = socket.tcp(true, {{caCert="ca.crt", {own}}}) "#)
        }
    };
    format!("{made}c:connect(\"{ip}\", {port})")
}

/// The line of a script for the older modules.
pub(super) fn for_air202(kind: PortKind, ip: IpAddr, port: u16) -> String {
    let own = r#"clientcert="client.pem",clientkey="client.pem""#;
    let (table, protocol, trust) = match kind {
        PortKind::Tcp => ("socket", "TCP", String::new()),
        PortKind::Udp => ("socket", "UDP", String::new()),
        PortKind::Tls => ("socketssl", "TCP", r#",true,{verifysvrcerts={"ca.crt"}}"#.to_owned()),
        PortKind::Mtls => {
            let trust = format!(r#",true,{{verifysvrcerts={{"ca.crt"}},{own}}}"#);
            ("socketssl", "TCP", trust)
        }
    };
    format!("{table}.connect(1,\"{protocol}\",\"{ip}\",{port},ntfy,rcv{trust})")
}

/// What somebody at this machine types to talk to a port without a script.
pub(super) fn by_hand(kind: PortKind, listen: SocketAddr) -> String {
    let ip = match (listen.ip(), listen.ip().is_unspecified()) {
        (IpAddr::V4(_), true) => IpAddr::from(Ipv4Addr::LOCALHOST),
        (IpAddr::V6(_), true) => IpAddr::from(Ipv6Addr::LOCALHOST),
        (ip, false) => ip,
    };
    let (port, at) = (listen.port(), SocketAddr::new(ip, listen.port()));
    match kind {
        PortKind::Tcp => format!("nc {ip} {port}"),
        PortKind::Udp => format!("nc -u {ip} {port}"),
        PortKind::Tls => format!("openssl s_client -quiet -connect {at}"),
        PortKind::Mtls => format!("openssl s_client -quiet -cert client.pem -connect {at}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_pasted() {
        let ip: IpAddr = [192, 168, 1, 5].into();
        assert_eq!(for_luatask(PortKind::Tcp, ip, 9999), r#"c:connect("192.168.1.5", 9999)"#);
        let old = r#"socket.connect(1,"TCP","192.168.1.5",9999,ntfy,rcv)"#;
        assert_eq!(for_air202(PortKind::Tcp, ip, 9999), old);
        let new = r#"c = socket.tcp(true, {caCert="ca.crt"}) c:connect("192.168.1.5", 8883)"#;
        assert_eq!(for_luatask(PortKind::Tls, ip, 8883), new);
        let old = concat!(
            r#"socketssl.connect(1,"TCP","192.168.1.5",8883,ntfy,rcv,true,"#,
            r#"{verifysvrcerts={"ca.crt"},clientcert="client.pem",clientkey="client.pem"})"#,
        );
        assert_eq!(for_air202(PortKind::Mtls, ip, 8883), old);
    }

    #[test]
    fn an_address_is_private_or_of_the_whole_net() {
        for (ip, is) in [
            ("192.168.1.5", true),
            ("10.0.0.1", true),
            ("fd00::1", true),
            ("1.2.3.4", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(ip.parse().expect("an address")), is, "{ip}");
        }
    }

    #[test]
    fn a_port_is_tried_without_a_script() {
        let by_hand = |kind, listen: &str| by_hand(kind, listen.parse().expect("an address"));
        assert_eq!(by_hand(PortKind::Tcp, "0.0.0.0:9999"), "nc 127.0.0.1 9999");
        assert_eq!(by_hand(PortKind::Udp, "192.168.1.5:9999"), "nc -u 192.168.1.5 9999");
        let tls = "openssl s_client -quiet -connect [::1]:8883";
        assert_eq!(by_hand(PortKind::Tls, "[::]:8883"), tls);
        assert!(by_hand(PortKind::Mtls, "[::]:8883").contains("-cert client.pem"));
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
