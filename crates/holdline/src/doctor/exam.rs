//! The steps, in order.

use super::call::call;
use super::greeting::{ask, listen};
use super::idle::{Opening, examine};
use super::name::addresses;
use super::{Finding, Greeting, IdleLimits, Scope, Speaks, Target, TlsExam, ms};
use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Addresses of one name that are called.
const CALLED_MAX: usize = 4;

/// What to look at, and how long.
pub(crate) struct Exam {
    pub(crate) target: Target,
    /// How long a connection, a handshake or an answer may take.
    pub(crate) patience: Duration,
    /// How long to listen whether the server speaks first.
    pub(crate) listen: Duration,
    /// Judge for this machine, not for a module on the mobile network.
    pub(crate) from_here: bool,
    /// What to say to the server.
    pub(crate) probe: Option<Vec<u8>>,
    /// Say nothing of one's own.
    pub(crate) listen_only: bool,
    /// Shake hands as TLS does, and look at the certificates.
    pub(crate) tls: Option<TlsExam>,
    /// Look how long silence is kept.
    pub(crate) idle: Option<IdleLimits>,
}

/// Who hears of findings while they come.
pub(crate) trait Audience {
    /// A step is done.
    fn found(&mut self, finding: Finding);
    /// Silent connections are under way: how long, how many have ended, of how many.
    fn waits(&mut self, time: Duration, ended: usize, of: usize);
}

impl Exam {
    /// Takes every step that makes sense after the one before it.
    pub(crate) fn run(&self, audience: &mut dyn Audience) {
        let Some(found) = self.resolve(audience) else { return };
        let mut reached = None;
        for address in found {
            let scope = Scope::of(address);
            audience.found(Finding::Scope { address, scope, from_here: self.from_here });
            let address = SocketAddr::new(address, self.target.port);
            let Some(stream) = self.call(address, audience) else { continue };
            reached.get_or_insert((address, stream));
        }
        let Some((address, stream)) = reached else { return };
        self.talk(address, stream, audience);
        if let Some(tls) = &self.tls {
            tls.run(address, self.patience, self.listen, audience);
        }
        if let Some(limits) = &self.idle {
            let mut watch = |time, ended, of| audience.waits(time, ended, of);
            let idle = examine(address, &Opening::Plain, limits, &mut watch);
            audience.found(Finding::Idle(idle));
        }
    }

    /// The addresses to call: those of IPv4, for a module has no other.
    fn resolve(&self, audience: &mut dyn Audience) -> Option<Vec<IpAddr>> {
        let host = self.target.host.clone();
        let since = Instant::now();
        let answer = addresses(&host);
        let took_ms = ms(since.elapsed());
        let all = match answer {
            Ok(all) => all,
            Err(why) => {
                audience.found(Finding::NameFailed { host, why, took_ms });
                return None;
            }
        };
        if host.parse::<IpAddr>().is_err() {
            audience.found(Finding::Name { host: host.clone(), addresses: all.clone(), took_ms });
        }
        let (v4, v6): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|address| address.to_canonical().is_ipv4());
        let mut usable = v4;
        if usable.is_empty() {
            audience.found(Finding::OnlyIpv6 { host });
            usable = v6;
        }
        usable.truncate(CALLED_MAX);
        Some(usable)
    }

    fn call(&self, address: SocketAddr, audience: &mut dyn Audience) -> Option<TcpStream> {
        let since = Instant::now();
        let called = call(address, self.patience);
        let took_ms = ms(since.elapsed());
        match called {
            Ok(stream) => {
                audience.found(Finding::Connected { address, took_ms });
                Some(stream)
            }
            Err(why) => {
                audience.found(Finding::NotConnected { address, why, took_ms });
                None
            }
        }
    }

    /// Listens, says what there is to say, and listens again.
    fn talk(&self, address: SocketAddr, mut stream: TcpStream, audience: &mut dyn Audience) {
        let greeting = listen(&mut stream, self.listen);
        let is_silent = greeting == Greeting::Silent;
        let listened_ms = ms(self.listen);
        audience.found(Finding::Greeting { address, greeting, listened_ms });
        if self.tls.is_some() {
            return;
        }
        if let Some(text) = &self.probe {
            let answer = ask(&mut stream, text, self.patience);
            audience.found(Finding::Answer { address, answer });
        } else if is_silent && !self.listen_only {
            drop(stream);
            let speaks = self.say_hello(address);
            audience.found(Finding::Speaks { address, speaks });
        }
    }

    /// What a TLS hello brings, on a connection of its own: a TLS server takes it or complains, and
    /// an HTTP server complains too.
    fn say_hello(&self, address: SocketAddr) -> Speaks {
        let Ok(mut stream) = call(address, self.patience) else { return Speaks::Nothing };
        if stream.write_all(&client_hello()).is_err() {
            return Speaks::Nothing;
        }
        match listen(&mut stream, self.listen) {
            Greeting::Spoke { speaks, .. } => speaks,
            Greeting::Silent | Greeting::Closed { .. } | Greeting::Reset { .. } => Speaks::Nothing,
        }
    }
}

/// The shortest hello of TLS 1.2 that every TLS server answers, if only with a complaint.
fn client_hello() -> Vec<u8> {
    const SUITES: [u8; 10] = [0xc0, 0x2f, 0xc0, 0x30, 0xc0, 0x2b, 0x00, 0x9c, 0x00, 0x2f];
    // Groups, point formats, signature algorithms.
    const EXTENSIONS: [u8; 28] = [
        0, 10, 0, 6, 0, 4, 0, 0x17, 0, 0x18, 0, 11, 0, 2, 1, 0, 0, 13, 0, 8, 0, 6, 4, 1, 4, 3, 5, 1,
    ];
    let mut body = vec![3, 3];
    body.extend([0x48; 32]);
    body.extend([0, 0, SUITES.len() as u8]);
    body.extend(SUITES);
    body.extend([1, 0, 0, EXTENSIONS.len() as u8]);
    body.extend(EXTENSIONS);
    let len = body.len() as u8;
    let mut hello = vec![0x16, 3, 1, 0, len + 4, 1, 0, 0, len];
    hello.extend(body);
    hello
}
