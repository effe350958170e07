//! Where an address is, seen from a module on the mobile network: outside of every private one.

use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of place that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// On the internet.
    Public,
    /// The machine that says it.
    Loopback,
    /// 10/8, 172.16/12, 192.168/16, or `fc00::/7`: some local network.
    Private,
    /// 100.64/10: behind an operator's own translation.
    CarrierNat,
    /// 169.254/16 or `fe80::/10`: one cable.
    LinkLocal,
    /// 192.0.2/24 and its kin: for examples in texts.
    Documentation,
    /// `0.0.0.0` or `::`: no address at all.
    Unspecified,
    /// A group, not a server.
    Multicast,
    /// Everybody on one network, or a range that nobody has.
    Reserved,
}

impl Scope {
    /// The place of `address`.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [0, 0, 0, 0] => Self::Unspecified,
            [127, ..] => Self::Loopback,
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Self::Private,
            [100, 64..=127, ..] => Self::CarrierNat,
            [169, 254, ..] => Self::LinkLocal,
            [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Self::Documentation,
            [224..=239, ..] => Self::Multicast,
            [0 | 240..=255, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => Self::Reserved,
            [..] => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0] => Self::Unspecified,
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Loopback,
            [0xfc00..=0xfdff, ..] => Self::Private,
            [0xfe80..=0xfebf, ..] => Self::LinkLocal,
            [0xff00..=0xffff, ..] => Self::Multicast,
            [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Self::Documentation,
            [0x2000..=0x3fff, ..] => Self::Public,
            [..] => Self::Reserved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_end_where_they_end() {
        for (address, scope) in [
            ("8.8.8.8", Scope::Public),
            ("9.255.255.255", Scope::Public),
            ("10.0.0.0", Scope::Private),
            ("11.0.0.0", Scope::Public),
            ("100.63.255.255", Scope::Public),
            ("100.64.0.0", Scope::CarrierNat),
            ("100.127.255.255", Scope::CarrierNat),
            ("100.128.0.0", Scope::Public),
            ("127.8.9.1", Scope::Loopback),
            ("169.254.1.1", Scope::LinkLocal),
            ("172.15.255.255", Scope::Public),
            ("172.16.0.1", Scope::Private),
            ("172.31.255.255", Scope::Private),
            ("172.32.0.0", Scope::Public),
            ("192.167.255.255", Scope::Public),
            ("192.168.1.1", Scope::Private),
            ("192.0.2.7", Scope::Documentation),
            ("198.51.100.1", Scope::Documentation),
            ("203.0.113.9", Scope::Documentation),
            ("0.0.0.0", Scope::Unspecified),
            ("224.0.0.1", Scope::Multicast),
            ("240.0.0.1", Scope::Reserved),
            ("255.255.255.255", Scope::Reserved),
            ("::", Scope::Unspecified),
            ("::1", Scope::Loopback),
            ("::ffff:192.168.0.1", Scope::Private),
            ("fd12::1", Scope::Private),
            ("fe80::1", Scope::LinkLocal),
            ("ff02::1", Scope::Multicast),
            ("2001:db8::1", Scope::Documentation),
            ("2606:4700::1", Scope::Public),
            ("4000::1", Scope::Reserved),
        ] {
            assert_eq!(Scope::of(address.parse().unwrap()), scope, "{address}");
        }
    }
}
