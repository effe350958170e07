//! The TLS of one connection: sealed bytes on one side, what they say on the other.

use super::failure::{self, SHOWN_BYTES_MAX};
use super::terms::{Answer, Terms};
use holdline_peer::fault::TlsTrouble;
use rustls::server::{Accepted, Acceptor};
use rustls::{Error, ProtocolVersion, ServerConnection};
use std::io::{self, Read, Write};
use std::net::IpAddr;

/// One TLS session.
#[derive(Default)]
pub(crate) struct Session {
    stage: Stage,
    /// What was wrong on purpose when it began.
    trouble: Option<TlsTrouble>,
}

/// How far it is.
enum Stage {
    /// The device's first words are not whole; these came.
    Greeting(Acceptor, Vec<u8>),
    /// The two shake hands, or have done so.
    Line(ServerConnection),
    /// Nothing is understood any more.
    Over,
}

impl Default for Stage {
    fn default() -> Self {
        Self::Greeting(Acceptor::default(), Vec::new())
    }
}

/// The first byte of a record of a handshake.
const HANDSHAKE: u8 = 22;

/// What came of bytes from the network.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The handshake is done, and this was agreed on.
    pub(crate) secured: Option<String>,
    /// What the device said.
    pub(crate) plain: Vec<u8>,
    /// Why there will be no more.
    pub(crate) over: Option<Over>,
}

/// Why a session is over.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// The device says that it will say no more.
    Closed,
    /// The handshake failed.
    Failed(String),
    /// What came made no sense.
    Broken(String),
}

/// What a port has to say to the first words of a device.
pub(crate) struct Greeted<'a> {
    pub(crate) terms: &'a mut Terms,
    pub(crate) trouble: Option<TlsTrouble>,
    /// The machine's address that the device called.
    pub(crate) at: Option<IpAddr>,
}

impl Session {
    /// Whether bytes can go both ways.
    pub(crate) fn is_open(&self) -> bool {
        matches!(&self.stage, Stage::Line(line) if !line.is_handshaking())
    }

    /// Takes bytes from the network in. What is to go there is added to `unsent`.
    pub(crate) fn take(
        &mut self,
        mut sealed: &[u8],
        greeted: Greeted<'_>,
        unsent: &mut Vec<u8>,
    ) -> Taken {
        let mut taken = Taken::default();
        if let Stage::Greeting(..) = self.stage {
            taken.over = self.greet(&mut sealed, greeted, unsent).err().map(Over::Failed);
        }
        if taken.over.is_none() {
            taken.over = self.open(sealed, &mut taken, unsent).err();
        }
        taken
    }

    /// Seals bytes, and adds them to `unsent`.
    pub(crate) fn seal(&mut self, plain: &[u8], unsent: &mut Vec<u8>) {
        if let Stage::Line(line) = &mut self.stage {
            // Without a limit all is taken.
            let _ = line.writer().write_all(plain);
            flush(line, unsent);
        }
    }

    /// Says that the lab will say no more.
    pub(crate) fn seal_end(&mut self, unsent: &mut Vec<u8>) {
        if let Stage::Line(line) = &mut self.stage {
            line.send_close_notify();
            flush(line, unsent);
        }
    }

    /// The handshake failed: nothing is understood any more. Adds what was wrong on purpose.
    pub(crate) fn fail(&mut self, reason: String) -> String {
        self.stage = Stage::Over;
        failure::on_purpose(reason, self.trouble)
    }

    /// Listens for the first words, and answers them once they are whole.
    fn greet(
        &mut self,
        sealed: &mut &[u8],
        greeted: Greeted<'_>,
        unsent: &mut Vec<u8>,
    ) -> Result<(), String> {
        let Stage::Greeting(acceptor, heard) = &mut self.stage else { return Ok(()) };
        let room = SHOWN_BYTES_MAX - heard.len();
        heard.extend_from_slice(&sealed[..room.min(sealed.len())]);
        while !sealed.is_empty() {
            acceptor.read_tls(sealed).map_err(|error| error.to_string())?;
            match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(hello)) => return self.answer(hello, greeted, unsent),
                Err((error, mut alert)) => {
                    // A `Vec` takes all.
                    let _ = alert.write_all(unsent);
                    let is_garbled = matches!(error, Error::InvalidMessage(_));
                    let is_tls = heard.first() == Some(&HANDSHAKE);
                    return Err(if is_garbled && !is_tls {
                        failure::no_tls(heard)
                    } else {
                        failure::reason(&error)
                    });
                }
            }
        }
        Ok(())
    }

    fn answer(
        &mut self,
        hello: Accepted,
        Greeted { terms, trouble, at }: Greeted<'_>,
        unsent: &mut Vec<u8>,
    ) -> Result<(), String> {
        self.trouble = trouble;
        let answer = terms.answer(trouble, hello.client_hello().server_name(), at);
        let answer = answer.map_err(|error| format!("no certificate can be made: {error}"))?;
        let config = match answer {
            Answer::Shake(config) => config,
            Answer::HangUp(words) => {
                unsent.extend_from_slice(&words);
                return Err("the lab hangs up".to_owned());
            }
        };
        match hello.into_connection(config) {
            Ok(mut line) => {
                line.set_buffer_limit(None);
                flush(&mut line, unsent);
                self.stage = Stage::Line(line);
                Ok(())
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(unsent);
                Err(failure::reason(&error))
            }
        }
    }

    /// Opens what is sealed, and shakes hands until that is done.
    fn open(
        &mut self,
        mut sealed: &[u8],
        taken: &mut Taken,
        unsent: &mut Vec<u8>,
    ) -> Result<(), Over> {
        while let Stage::Line(line) = &mut self.stage {
            let was_shaking = line.is_handshaking();
            let came = step(line, &mut sealed, &mut taken.plain, unsent);
            let is_shaking = line.is_handshaking();
            if was_shaking && !is_shaking {
                taken.secured = Some(failure::on_purpose(agreed(line), self.trouble));
            }
            match came {
                Ok(false) if sealed.is_empty() => {
                    shrink(line);
                    return Ok(());
                }
                Ok(false) => {}
                Ok(true) if is_shaking => return Err(Over::Failed(failure::broken_off())),
                Ok(true) => return Err(Over::Closed),
                Err(error) if is_shaking => return Err(Over::Failed(failure::reason(&error))),
                Err(error) => return Err(Over::Broken(error.to_string())),
            }
        }
        Ok(())
    }
}

/// Takes one bite in; says whether the device will say no more.
fn step(
    line: &mut ServerConnection,
    sealed: &mut &[u8],
    plain: &mut Vec<u8>,
    unsent: &mut Vec<u8>,
) -> Result<bool, Error> {
    if !sealed.is_empty() {
        let read = line.read_tls(sealed);
        read.map_err(|error| Error::General(error.to_string()))?;
    }
    let state = line.process_new_packets();
    // What was opened before an error counts; reading ends where nothing more is there.
    let _ = line.reader().read_to_end(plain);
    // After an error it is the warning.
    flush(line, unsent);
    Ok(state?.peer_has_closed())
}

fn flush(line: &mut ServerConnection, unsent: &mut Vec<u8>) {
    // A `Vec` takes all.
    while line.wants_write() && line.write_tls(unsent).is_ok() {}
}

/// Gives the room back that a long record took. A read begins with that, also one that brings nothing.
fn shrink(line: &mut ServerConnection) {
    struct Nothing;
    impl Read for Nothing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::WouldBlock.into())
        }
    }
    let _ = line.read_tls(&mut Nothing);
}

/// What was agreed on, such as `TLS 1.3, TLS13_AES_256_GCM_SHA384, for a.example`.
fn agreed(line: &ServerConnection) -> String {
    let version = match line.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS 1.3",
    };
    let cipher = line.negotiated_cipher_suite().map(|suite| suite.suite());
    let cipher = cipher.and_then(|suite| suite.as_str()).unwrap_or("a cipher without a name");
    let mut agreed = format!("{version}, {cipher}");
    if let Some(name) = line.server_name() {
        agreed += &format!(", for {name}");
    }
    let own = line.peer_certificates().and_then(<[_]>::first);
    if let Some(Ok((_, own))) = own.map(|own| x509_parser::parse_x509_certificate(own)) {
        agreed += &format!(", certificate {}", own.subject());
    }
    agreed
}
