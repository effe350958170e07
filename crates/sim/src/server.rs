//! A server of the world: a peer at an address, and what befalls the machine it runs on.

use holdline_modem::{Instant, Tls, TlsFailure};
use holdline_peer::fault::{Fault, TlsTrouble, Trouble, When};
use holdline_peer::{Act, Conn, Entry, Manner, Peer, Record, Reply, Rule};
use std::ops::Range;
use std::time::Duration;

/// How a server's TLS handshakes go. No certificate is made or read in virtual time: what would be
/// found is said here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsManner {
    /// Fails the handshake of a device that gives no certificate of its own.
    pub wants_client_certificate: bool,
    /// How every handshake fails. What comes from looking at the server's certificate, see
    /// [`TlsFailure::is_verdict`], is found only by a device that gives certificates to trust.
    pub fails: Option<TlsFailure>,
}

/// How a fault ends the handshake of a device that gives `tls`, in this world or on a real line; `None`
/// where that device does not meet it, and its handshake goes on.
///
/// ```
/// use holdline_modem::Tls;
/// use holdline_peer::fault::TlsTrouble;
/// use holdline_sim::handshake_failure;
///
/// let trusting = Tls { ca_cert: Some(b"PEM".to_vec()), ..Tls::default() };
/// let failure = handshake_failure(TlsTrouble::Expired, &trusting);
/// assert_eq!(failure.unwrap().kind(), "certificate expired");
/// assert_eq!(handshake_failure(TlsTrouble::Expired, &Tls::default()), None);
/// ```
pub fn handshake_failure(trouble: TlsTrouble, tls: &Tls) -> Option<TlsFailure> {
    TlsManner::of(trouble, tls).failure(tls)
}

impl TlsManner {
    /// What a fault makes of a server that is well otherwise, as a device meets it that gives `tls`.
    fn of(trouble: TlsTrouble, tls: &Tls) -> Self {
        let (subject, issuer) = (String::from("CN=server"), String::from("CN=authority"));
        let fails = match trouble {
            TlsTrouble::Expired => TlsFailure::Expired { subject, ended_s: CERTIFICATE_S.0 },
            TlsTrouble::NotYetValid => {
                TlsFailure::NotYetValid { subject, begins_s: CERTIFICATE_S.1 }
            }
            TlsTrouble::WrongName => TlsFailure::NameMismatch {
                wanted: tls.host_name.clone().unwrap_or_else(|| "server".into()),
                names: vec!["another.example".into()],
            },
            TlsTrouble::SelfSigned => TlsFailure::SelfSigned { subject },
            TlsTrouble::UnknownIssuer => TlsFailure::UnknownIssuer { issuer },
            TlsTrouble::IssuerMissing => TlsFailure::IssuerMissing { subject, issuer },
            TlsTrouble::WantsClientCertificate => {
                return Self { wants_client_certificate: true, fails: None };
            }
            TlsTrouble::RefusesClientCertificate => {
                TlsFailure::ClientCertificateRefused("bad certificate".into())
            }
            TlsTrouble::VersionRefused => TlsFailure::ProtocolRefused,
            TlsTrouble::CipherRefused => TlsFailure::CipherRefused,
            TlsTrouble::NotTls => TlsFailure::NotTls,
            TlsTrouble::CutOff => TlsFailure::CutOff,
        };
        Self { wants_client_certificate: false, fails: Some(fails) }
    }

    /// How the handshake with a device that gives `tls` fails.
    pub(crate) fn failure(&self, tls: &Tls) -> Option<TlsFailure> {
        let is_found = |failure: &&TlsFailure| !failure.is_verdict() || tls.ca_cert.is_some();
        if let Some(failure) = self.fails.as_ref().filter(is_found) {
            return Some(failure.clone());
        }
        if tls.ca_cert.as_ref().is_some_and(Vec::is_empty) {
            // Who trusts nobody takes no server.
            return Some(TlsFailure::UnknownIssuer { issuer: "CN=authority".into() });
        }
        let is_wanting = self.wants_client_certificate && tls.client_cert.is_none();
        is_wanting.then_some(TlsFailure::ClientCertificateWanted)
    }
}

/// When the certificate of a fault ended or will begin, far from any clock (UTC): 2001 and 2096.
const CERTIFICATE_S: (i64, i64) = (1_000_000_000, 4_000_000_000);

/// A server that devices can reach.
///
/// Faults may be planned at any time before they happen; what is planned for the past is ignored
/// or happens at once.
#[derive(Debug)]
pub struct Server {
    /// `None` answers under every name and address.
    host: Option<String>,
    port: u16,
    pub(crate) peer: Peer,
    /// `None` speaks plain TCP.
    pub(crate) tls: Option<TlsManner>,
    /// Moments at which the network has to look again, not yet known to it.
    pub(crate) news: Vec<Instant>,
    /// When the network will come for the peer's own deadline.
    pub(crate) wakes_at: Option<Instant>,
}

impl Server {
    pub(crate) fn new(host: Option<&str>, port: u16) -> Self {
        Self {
            host: host.map(str::to_owned),
            port,
            peer: Peer::new(Manner::default()),
            tls: None,
            news: Vec::new(),
            wakes_at: None,
        }
    }

    /// Sets how it treats its connections from here on.
    pub fn behave(&mut self, manner: Manner) -> &mut Self {
        self.peer.behave(manner);
        self.news.push(Instant::ZERO);
        self
    }

    /// Adds a rule at `now`, as [`Peer::add_rule`] does.
    pub fn add_rule(&mut self, now: Instant, rule: Rule) -> &mut Self {
        self.peer.add_rule(since_start(now), rule);
        self.news.push(now);
        self
    }

    /// Answers a message that no rule takes with this from here on.
    pub fn set_reply(&mut self, reply: Reply) -> &mut Self {
        self.peer.set_reply(reply);
        self
    }

    /// Speaks TLS from here on: a handshake takes two round trips, and its program hears of a line
    /// once that is done. A device that does not speak TLS is hung up on.
    pub fn speak_tls(&mut self, manner: TlsManner) -> &mut Self {
        self.tls = Some(manner);
        self
    }

    /// Keeps no record of what crosses the line, only the tally.
    pub fn off_the_record(&mut self) -> &mut Self {
        self.peer = self.peer.clone().with_record(Record::off());
        self
    }

    /// Keeps up to so many bytes of record, from here on.
    pub fn record_up_to(&mut self, bytes_max: usize) -> &mut Self {
        self.peer = self.peer.clone().with_record(Record::with_limit(bytes_max));
        self
    }

    /// Takes what it has seen and done since the last call out of its record.
    pub fn take_record(&mut self) -> Vec<Entry> {
        self.peer.take_record()
    }

    /// What it has seen and done, and how much.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Hands it a fault at `now`, from when on connects, bytes and messages are counted. Only what is
    /// a server's doing has an effect.
    pub fn inject(&mut self, now: Instant, fault: Fault) -> &mut Self {
        self.peer.inject(since_start(now), fault);
        self.news.push(now);
        self
    }

    /// The process is killed at the start of `span` and back at its end: [`Trouble::Down`].
    pub fn down(&mut self, span: Range<Instant>) -> &mut Self {
        let (when, lasts) = (When::At(since_start(span.start)), Some(span.end.since(span.start)));
        self.inject(Instant::ZERO, Fault { what: Trouble::Down, when, lasts, port: None })
    }

    /// Does `act` at `at`.
    pub fn plan(&mut self, at: Instant, act: Act) -> &mut Self {
        self.peer.plan(since_start(at), act);
        self.news.push(at);
        self
    }

    /// Whether a fault is for it.
    pub(crate) fn is_hit(&self, fault: &Fault) -> bool {
        fault.port.is_none_or(|port| port == self.port)
    }

    pub(crate) fn is_at(&self, host: Option<&str>, port: u16) -> bool {
        self.host.as_deref() == host && self.port == port
    }

    /// How the handshake on `conn` with a device that gives `tls` fails, by its manner or by a fault.
    pub(crate) fn tls_failure(&self, conn: Conn, tls: &Tls) -> Option<TlsFailure> {
        let manner = self.tls.as_ref()?;
        self.peer
            .tls_trouble(conn)
            .map_or_else(|| manner.failure(tls), |trouble| handshake_failure(trouble, tls))
    }
}

/// A peer's clock: the world's own time.
pub(crate) const fn since_start(at: Instant) -> Duration {
    Duration::from_micros(at.as_micros())
}
