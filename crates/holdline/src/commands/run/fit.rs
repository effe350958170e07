//! Which flags make no sense together, and what to write instead.

use super::{Args, TlsPolicy};
use crate::report::Problem;
use crate::words::{Lang, WrongWorld};

/// Refuses flags of the virtual world on real sockets, and the other way round.
pub(super) fn check(args: &Args, lang: Lang) -> Result<(), Problem> {
    let real = [
        ("--redirect", !args.redirect.is_empty(), WrongWorld::NoSockets),
        ("--uart", !args.uart.is_empty(), WrongWorld::NoWires),
        ("--lab", args.lab.is_some(), WrongWorld::NoSockets),
        ("--ntp", args.ntp.is_some(), WrongWorld::NoSockets),
        ("--tls verify", args.tls == TlsPolicy::Verify, WrongWorld::NoCertificates),
    ];
    let of_virtual = [
        ("--speed", args.speed.is_some(), WrongWorld::RealTime),
        ("--server", !args.server.is_empty(), WrongWorld::RealServers),
    ];
    if let Some(flag) = args.page.given().filter(|_| args.lab.is_none()) {
        return Err(lang.flag_of_lab(flag));
    }
    let misfits = if args.is_virtual { real.iter() } else { of_virtual.iter() };
    let found = misfits.into_iter().find(|(_, is_given, _)| *is_given);
    found.map_or(Ok(()), |&(flag, _, why)| Err(lang.wrong_world(flag, why)))
}
