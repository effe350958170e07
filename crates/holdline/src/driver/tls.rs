//! The TLS within one TCP line: plain bytes on the device's side, records on the network's.

use crate::tls::{self, Failures};
use holdline_modem::{Tls, TlsFailure};
use rustls::{ClientConnection, ProtocolVersion};
use std::io::{BufRead, Write};
use std::time::Duration;

/// How long the whole of a handshake may take.
pub(crate) const SHAKE_FOR: Duration = Duration::from_secs(75);

/// How long a server of TLS 1.3 that asked for a certificate is given to refuse it: it looks at the
/// certificate after the device has done its part, and most servers say something then.
pub(crate) const VERDICT_FOR: Duration = Duration::from_secs(1);

/// Bytes that one report brings to the device.
const REPORT_BYTES_MAX: usize = 16 * 1024;

/// One TLS session.
#[derive(Debug)]
pub(crate) struct Session {
    connection: ClientConnection,
    failures: Failures,
    /// How a fault ends the handshake.
    spoiled: Option<TlsFailure>,
    /// Whether a server that may still refuse the device's certificate has said anything since.
    was_accepted: bool,
}

/// How far a handshake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The server has to answer.
    Shaking,
    /// All is done, but the server may not like the device's certificate.
    AwaitsVerdict,
    /// Bytes can go both ways.
    Done,
}

/// What came of bytes from the network.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// Plain bytes, in reports.
    pub(crate) reports: Vec<Vec<u8>>,
    /// The peer says that it will say no more.
    pub(crate) ended: bool,
    /// The session is over by this; what was opened before it stands.
    pub(crate) failure: Option<TlsFailure>,
}

impl Session {
    /// A session with the server that the script calls `host`.
    pub(crate) fn start(tls: &Tls, host: &str) -> Result<Self, TlsFailure> {
        let (mut connection, failures) = tls::start(tls, host)?;
        // What is sealed is taken at once, and waits elsewhere.
        connection.set_buffer_limit(None);
        Ok(Self { connection, failures, spoiled: None, was_accepted: false })
    }

    /// How far the handshake is.
    pub(crate) fn progress(&self) -> Progress {
        let is_late = self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        if self.connection.is_handshaking() {
            Progress::Shaking
        } else if is_late && self.failures.was_asked() && !self.was_accepted {
            Progress::AwaitsVerdict
        } else {
            Progress::Done
        }
    }

    /// Lets the handshake fail so, whatever the server says next, or go on.
    pub(crate) fn spoil(&mut self, fails: Option<TlsFailure>) {
        self.spoiled = fails;
    }

    /// Takes bytes from the network in. What there is to answer is in [`Self::sealed`] then.
    pub(crate) fn open(&mut self, mut bytes: &[u8]) -> Opened {
        let mut opened = Opened::default();
        if self.connection.is_handshaking() && self.spoiled.is_some() {
            opened.failure = self.spoiled.take();
            return opened;
        }
        while !bytes.is_empty() && !opened.ended {
            let was_shaking = self.connection.is_handshaking();
            if let Err(error) = self.connection.read_tls(&mut bytes) {
                opened.failure = Some(TlsFailure::Protocol(error.to_string()));
                return opened;
            }
            let state = match self.connection.process_new_packets() {
                Ok(state) => state,
                Err(error) => {
                    opened.failure = Some(self.failures.of(&error, &self.connection));
                    return opened;
                }
            };
            // The server's own last words of the handshake are no verdict on the device's.
            self.was_accepted |= !was_shaking;
            opened.ended = state.peer_has_closed();
            self.take_plain(&mut opened.reports);
        }
        opened
    }

    /// Plain bytes to send, sealed.
    pub(crate) fn seal(&mut self, bytes: &[u8]) -> Vec<u8> {
        // Without a limit all is taken.
        let _ = self.connection.writer().write_all(bytes);
        self.sealed()
    }

    /// What is to go to the network: parts of the handshake, answers, warnings.
    pub(crate) fn sealed(&mut self) -> Vec<u8> {
        let mut sealed = Vec::new();
        while self.connection.wants_write() {
            if self.connection.write_tls(&mut sealed).is_err() {
                break;
            }
        }
        sealed
    }

    /// Says that this side will say no more.
    pub(crate) fn seal_end(&mut self) -> Vec<u8> {
        self.connection.send_close_notify();
        self.sealed()
    }

    fn take_plain(&mut self, reports: &mut Vec<Vec<u8>>) {
        let mut reader = self.connection.reader();
        // An error says that there is nothing more for now, or for ever.
        while let Ok(plain) = reader.fill_buf() {
            if plain.is_empty() {
                return;
            }
            let len = plain.len();
            reports.extend(plain.chunks(REPORT_BYTES_MAX).map(<[u8]>::to_vec));
            reader.consume(len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::agenda::Teller;
    use super::super::outcome::Served;
    use super::super::tcp::{Hands, Tcp};
    use super::*;
    use holdline_modem::{Attempt, ConnectFailure, Input, Instant, LineId, SocketId};
    use mio::{Events, Poll, Token};
    use rcgen::{CertificateParams, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use rustls::{ServerConfig, ServerConnection};
    use std::collections::VecDeque;
    use std::net::TcpListener;
    use std::sync::Arc;

    /// Numbers that look random, the same for the same seed.
    fn noise(seed: u64) -> impl FnMut() -> u8 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        }
    }

    /// What a server answers to the first words of `session`.
    fn answer(session: &mut Session) -> Vec<u8> {
        server_for(session).1
    }

    /// A server that has heard the first words of `session`, and its answer.
    fn server_for(session: &mut Session) -> (ServerConnection, Vec<u8>) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["a.test".to_owned()]).unwrap().self_signed(&key).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], key.into())
            .unwrap();
        let mut server = ServerConnection::new(Arc::new(config)).unwrap();
        server.read_tls(&mut session.sealed().as_slice()).unwrap();
        server.process_new_packets().unwrap();
        let answer = said(&mut server);
        (server, answer)
    }

    fn said(server: &mut ServerConnection) -> Vec<u8> {
        let mut said = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut said).unwrap();
        }
        said
    }

    #[test]
    fn the_end_is_heard_within_tls_after_the_last_bytes() {
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        let (mut server, answer) = server_for(&mut session);
        session.open(&answer);
        server.read_tls(&mut session.sealed().as_slice()).unwrap();
        server.process_new_packets().unwrap();
        server.writer().write_all(b"last words").unwrap();
        assert!(!session.open(&said(&mut server)).ended);
        server.writer().write_all(b"very last words").unwrap();
        server.send_close_notify();
        let opened = session.open(&said(&mut server));
        assert_eq!(opened.reports, [b"very last words"]);
        assert!(opened.ended && opened.failure.is_none());
    }

    #[test]
    fn a_server_that_never_answers_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let session = Some(Box::new(Session::start(&Tls::default(), "a.test").unwrap()));
        let mut poll = Poll::new().unwrap();
        let registry = poll.registry().try_clone().unwrap();
        let (mut events, mut facts, mut scratch) =
            (Events::with_capacity(8), VecDeque::new(), [0; 64]);
        let mut hands = Hands { now: Instant::ZERO, registry: &registry, scratch: &mut scratch };
        let called = Tcp::call(Token(0), vec![address], Duration::MAX, session, &hands);
        let mut tcp = called.unwrap();
        poll.poll(&mut events, None).unwrap();
        let line = LineId { socket: SocketId(0), attempt: Attempt(1) };
        let mut teller = Teller { facts: &mut facts, device: 0, line };
        for event in &events {
            tcp.handle_ready(event.into(), &mut hands, &mut teller);
        }
        // The server has accepted and says nothing.
        let stream = listener.accept().unwrap().0;
        assert_eq!(tcp.poll_timeout(), Some(Instant::ZERO + SHAKE_FOR));
        hands.now = Instant::ZERO + SHAKE_FOR;
        assert_eq!(tcp.handle_timeout(&mut hands, &mut teller), Served::Over);
        let why = ConnectFailure::TimedOut;
        assert_eq!(facts, [(0, Input::ConnectFailed { line, why })]);
        drop(stream);
    }

    #[test]
    fn noise_after_the_first_words_is_an_error_or_waits_for_more() {
        for seed in 0..2000 {
            let mut session = Session::start(&Tls::default(), "a.test").unwrap();
            session.sealed();
            let mut next = noise(seed);
            let mut bytes: Vec<u8> = (0..usize::from(next()) * 8).map(|_| next()).collect();
            // Half of them begin like a record, so that they get further.
            if seed % 2 == 0 {
                bytes.splice(0..0, [22, 3, 3, 0, next() % 64, 2, 0, 0, next() % 64]);
            }
            let opened = session.open(&bytes);
            assert!(opened.reports.is_empty() && session.progress() == Progress::Shaking);
            session.sealed();
        }
    }

    #[test]
    fn an_answer_with_a_wrong_byte_never_makes_a_session() {
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        let good = answer(&mut session);
        assert_eq!(session.open(&good).failure, None);
        assert_eq!(session.progress(), Progress::Done);
        for at in (0..good.len()).step_by(7) {
            let mut session = Session::start(&Tls::default(), "a.test").unwrap();
            let mut bad = answer(&mut session);
            let at = at.min(bad.len() - 1);
            bad[at] ^= 0x55;
            let opened = session.open(&bad);
            assert!(opened.reports.is_empty());
            // A byte of a record's version may be anything; only its place counts.
            let is_done = session.progress() == Progress::Done;
            assert!(!is_done || opened.failure.is_none(), "byte {at}");
        }
    }

    #[test]
    fn a_spoiled_handshake_fails_at_the_servers_words_unless_it_is_mended_before() {
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        session.spoil(Some(TlsFailure::CipherRefused));
        let good = answer(&mut session);
        assert_eq!(session.open(&good[..1]).failure, Some(TlsFailure::CipherRefused));
        assert_eq!(session.progress(), Progress::Shaking);

        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        session.spoil(Some(TlsFailure::CipherRefused));
        session.spoil(None);
        let (mut server, good) = server_for(&mut session);
        assert_eq!(session.open(&good).failure, None);
        assert_eq!(session.progress(), Progress::Done);
        session.spoil(Some(TlsFailure::CipherRefused));
        server.read_tls(&mut session.sealed().as_slice()).unwrap();
        server.process_new_packets().unwrap();
        server.writer().write_all(b"hello").unwrap();
        let opened = session.open(&said(&mut server));
        assert_eq!((opened.failure, opened.reports), (None, vec![b"hello".to_vec()]));
    }

    #[test]
    fn a_server_that_has_spoken_tls_is_one() {
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        let good = answer(&mut session);
        let first_record = 5 + usize::from(u16::from_be_bytes([good[3], good[4]]));
        assert_eq!(session.open(&good[..first_record]).failure, None);
        let failure = session.open(b"HTTP/1.1 400 Bad Request").failure;
        assert!(matches!(failure, Some(TlsFailure::Protocol(_))), "{failure:?}");
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        let failure = session.open(b"HTTP/1.1 400 Bad Request").failure;
        assert_eq!(failure, Some(TlsFailure::NotTls));
    }

    #[test]
    fn an_answer_may_come_byte_by_byte() {
        let mut session = Session::start(&Tls::default(), "a.test").unwrap();
        for byte in answer(&mut session) {
            assert_eq!(session.open(&[byte]).failure, None);
        }
        assert_eq!(session.progress(), Progress::Done);
    }
}
