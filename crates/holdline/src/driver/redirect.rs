//! Where a script's addresses really lead: `--redirect FROM=TO`.

use crate::report::{Half, Mistake};
use holdline_modem::Kind;
use std::net::SocketAddr;
use std::str::FromStr;

/// Where servers that tell the time listen.
const NTP_PORT: u16 = 123;

/// What is spoken on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    Tcp,
    Udp,
    Tls,
}

impl Speech {
    /// As it is written.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Tls => "TLS",
        }
    }

    /// What a script asks for.
    pub(crate) fn of(kind: Kind, is_tls: bool) -> Self {
        match kind {
            Kind::Udp => Self::Udp,
            Kind::Tcp if is_tls => Self::Tls,
            Kind::Tcp => Self::Tcp,
        }
    }
}

/// One `FROM=TO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// What the script speaks; `None` stands for whatever it speaks.
    speech: Option<Speech>,
    /// The host that a script names; `None` stands for every host.
    host: Option<String>,
    /// The port that a script names; `None` stands for every port.
    port: Option<u16>,
    to_host: String,
    /// `None` keeps the script's port.
    to_port: Option<u16>,
}

/// All redirects, the first that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Redirects(pub(crate) Vec<Redirect>);

impl Redirects {
    /// Where a line to `host` and `port` leads.
    pub(crate) fn resolve(&self, speech: Speech, host: &str, port: u16) -> Option<(String, u16)> {
        let found = self.0.iter().find(|redirect| redirect.fits(speech, host, port))?;
        Some((found.to_host.clone(), found.to_port.unwrap_or(port)))
    }
}

impl Redirect {
    /// Leads all lines of one speech to one address.
    pub(crate) fn of_all(speech: Speech, to: SocketAddr) -> Self {
        let (to_host, to_port) = (to.ip().to_string(), Some(to.port()));
        Self { speech: Some(speech), host: None, port: None, to_host, to_port }
    }

    /// Leads all that asks for the time, whichever server it names, to `to`.
    pub(crate) fn of_time(to: TimeServer) -> Self {
        let port = Some(NTP_PORT);
        Self { speech: None, host: None, port, to_host: to.host, to_port: to.port }
    }

    fn fits(&self, speech: Speech, host: &str, port: u16) -> bool {
        self.speech.is_none_or(|own| own == speech)
            && self.host.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(host))
            && self.port.is_none_or(|own| own == port)
    }
}

/// `HOST` or `HOST:PORT` of a server that tells the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeServer {
    host: String,
    /// `None` stands for the usual port.
    port: Option<u16>,
}

impl FromStr for TimeServer {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        match host_port(text) {
            Some((host, port)) if host != "*" => Ok(Self { host, port }),
            Some(_) | None => Err(Mistake::TimeServer { given: text.to_owned() }),
        }
    }
}

impl FromStr for Redirect {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let wrong = |half| Mistake::Redirect { given: text.to_owned(), half };
        let (from, to) = text.split_once('=').ok_or_else(|| wrong(Half::Both))?;
        let (host, port) = host_port(from).ok_or_else(|| wrong(Half::From))?;
        let (to_host, to_port) = host_port(to).ok_or_else(|| wrong(Half::To))?;
        if to_host == "*" {
            return Err(wrong(Half::To));
        }
        let host = (host != "*").then_some(host);
        Ok(Self { speech: None, host, port, to_host, to_port })
    }
}

/// `host`, `host:port` or `[v6]:port`.
fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(port.parse().ok().filter(|&port| port != 0)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    let plain = !host.is_empty() && !host.contains(char::is_whitespace);
    plain.then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(redirect: &str, host: &str, port: u16) -> Option<(String, u16)> {
        Redirects(vec![redirect.parse().unwrap()]).resolve(Speech::Tcp, host, port)
    }

    #[test]
    fn what_is_named_goes_before_all_lines_of_a_speech() {
        let to = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let all = [(Speech::Tcp, 1), (Speech::Udp, 2)];
        let all = all.map(|(speech, port)| Redirect::of_all(speech, to(port)));
        let named = "a.com=b.com".parse().unwrap();
        let redirects = Redirects([vec![named], all.to_vec()].concat());
        let led = |speech, host| redirects.resolve(speech, host, 9).map(|(_, port)| port);
        assert_eq!(led(Speech::Tcp, "a.com"), Some(9));
        assert_eq!(led(Speech::Tcp, "c.com"), Some(1));
        assert_eq!(led(Speech::Udp, "c.com"), Some(2));
        assert_eq!(led(Speech::Tls, "c.com"), None);
    }

    #[test]
    fn a_redirect_fits_host_and_port() {
        let to = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(resolve("a.com:80=127.0.0.1:9", "A.com", 80), to("127.0.0.1", 9));
        assert_eq!(resolve("a.com:80=127.0.0.1:9", "a.com", 81), None);
        assert_eq!(resolve("a.com=127.0.0.1", "a.com", 81), to("127.0.0.1", 81));
        assert_eq!(resolve("*=localhost:7", "anything", 1), to("localhost", 7));
        assert_eq!(resolve("[::2]:5=[::1]:6", "::2", 5), to("::1", 6));
    }

    #[test]
    fn all_that_asks_for_the_time_is_led_to_one_server() {
        let of = |text: &str| Redirects(vec![Redirect::of_time(text.parse().unwrap())]);
        let to = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(of("127.0.0.1:9").resolve(Speech::Udp, "pool.ntp.org", 123), to("127.0.0.1", 9));
        assert_eq!(of("time.lan").resolve(Speech::Udp, "pool.ntp.org", 123), to("time.lan", 123));
        assert_eq!(of("time.lan").resolve(Speech::Udp, "pool.ntp.org", 124), None);
        for wrong in ["", "*", "*:123", "a:b", "a:0", "a b"] {
            assert!(wrong.parse::<TimeServer>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_redirect_says_which_half() {
        let half = |text: &str| match text.parse::<Redirect>() {
            Err(Mistake::Redirect { half, .. }) => Some(half),
            Err(_) | Ok(_) => None,
        };
        assert_eq!(half("a.com:80"), Some(Half::Both));
        assert_eq!(half("a.com:x=b"), Some(Half::From));
        assert_eq!(half("=b"), Some(Half::From));
        assert_eq!(half("a="), Some(Half::To));
        assert_eq!(half("a=*"), Some(Half::To));
        assert_eq!(half("a=b:0"), Some(Half::To));
        assert_eq!(half("a=::1"), Some(Half::To));
        assert_eq!(half("a=[::1"), Some(Half::To));
    }
}
