//! A lab in the process that runs a device, and the desk between them.

use crate::commands::desk::{self, Desk};
use crate::commands::lab;
use crate::driver::{Redirect, Speech, Stopper};
use crate::words::Lang;
use anyhow::Context;
use holdline_device::Profile;
use holdline_lab::{Config, Follow, Lab, PortConfig, PortKind};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::thread;

/// A lab with a device beside it.
pub(crate) struct Beside {
    lab: Lab,
    /// Where the page is.
    url: String,
    /// Where lines of each speech lead.
    led: Vec<(Speech, SocketAddr)>,
}

/// The lab of a run: as `file` and flags describe it, with a port for each speech where the file names
/// none.
pub(crate) fn config(file: Option<&Path>, page: &lab::Page, lang: Lang) -> anyhow::Result<Config> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let usual = [PortKind::Tcp, PortKind::Udp, PortKind::Tls];
    lab::described(file, page, lang, |ports| match ports.is_empty() {
        true => Ok(usual.map(|kind| PortConfig::new(kind.word(), kind, free)).into()),
        false => Ok(ports),
    })
}

impl Beside {
    /// Opens a lab for a device of this `profile`, in the loop that `stopper` reaches, which is told what
    /// there is to `follow`.
    pub(crate) fn open(
        config: Config,
        profile: Profile,
        stopper: &Stopper,
        follow: fn(&Lab) -> io::Result<Follow>,
        lang: Lang,
    ) -> anyhow::Result<(Self, Desk)> {
        let kinds: Vec<_> = config.ports.iter().map(|port| port.kind).collect();
        let scheme = lab::scheme(&config);
        let (desk, beside, tell) = desk::open(profile, stopper);
        let lab =
            Lab::start_beside(config, beside).map_err(|error| lang.lab_does_not_start(&error))?;
        let news = follow(&lab).with_context(|| lang.cannot_start())?;
        let waker = stopper.clone();
        let pass_on = move || {
            for happened in news {
                if tell.send(happened).is_err() {
                    return;
                }
                waker.wake();
            }
        };
        thread::Builder::new()
            .name("lab-news".to_owned())
            .spawn(pass_on)
            .with_context(|| lang.cannot_start())?;
        let url = format!("{scheme}://{}", lab.http());
        let led = led(&kinds, lab.ports());
        Ok((Self { lab, url, led }, desk))
    }

    /// What leads the script's lines to the lab.
    pub(crate) fn redirects(&self) -> impl Iterator<Item = Redirect> {
        self.led.iter().map(|&(speech, to)| Redirect::of_all(speech, to))
    }

    /// Where the page is, and where lines lead.
    pub(crate) fn told(&self, lang: Lang) -> String {
        let led: Vec<_> = self.led.iter().map(|(speech, to)| (speech.word(), *to)).collect();
        lang.beside_is_at(&self.url, &led)
    }

    /// Ends the lab once all that it has received is kept.
    pub(crate) fn stop(self, lang: Lang) -> anyhow::Result<()> {
        Ok(self.lab.stop().map_err(|error| lang.lab_stopped_badly(&error))?)
    }
}

/// The first port for each speech.
fn led(kinds: &[PortKind], addresses: &[SocketAddr]) -> Vec<(Speech, SocketAddr)> {
    let speech = |kind: &PortKind| match kind {
        PortKind::Tcp => Speech::Tcp,
        PortKind::Udp => Speech::Udp,
        PortKind::Tls | PortKind::Mtls => Speech::Tls,
    };
    let mut led: Vec<(Speech, SocketAddr)> = Vec::new();
    for (speech, address) in kinds.iter().map(speech).zip(addresses) {
        if !led.iter().any(|(known, _)| *known == speech) {
            led.push((speech, SocketAddr::new(reached(address.ip()), address.port())));
        }
    }
    led
}

/// Where a port of this machine is reached that may listen at all of its addresses.
fn reached(ip: IpAddr) -> IpAddr {
    let here = match ip {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    if ip.is_unspecified() { here } else { ip }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lead_to_the_first_port_of_their_speech() {
        let kinds = [PortKind::Udp, PortKind::Tcp, PortKind::Tcp, PortKind::Mtls, PortKind::Tls];
        let addresses = ["0.0.0.0:1", "[::]:2", "127.0.0.1:3", "10.0.0.1:4", "127.0.0.1:5"];
        let addresses = addresses.map(|address| address.parse().unwrap());
        let wanted =
            [(Speech::Udp, "127.0.0.1:1"), (Speech::Tcp, "[::1]:2"), (Speech::Tls, "10.0.0.1:4")];
        assert_eq!(
            led(&kinds, &addresses),
            wanted.map(|(speech, to)| (speech, to.parse().unwrap()))
        );
    }
}
