//! What a line does with the TLS within it; a plain line has none.

use super::{Phase, REPORT_BYTES_MAX, Tcp, tune};
use crate::driver::agenda::Teller;
use crate::driver::outcome::Served;
use crate::driver::tls::{Progress, SHAKE_FOR, VERDICT_FOR};
use holdline_modem::{Input, Instant, LineEnd, TlsFailure};

impl Tcp {
    /// The server has answered the call.
    pub(super) fn answered(&mut self, now: Instant, teller: &mut Teller<'_>) {
        let Phase::Connecting { resend_for, .. } = self.phase else { return };
        tune(&self.stream, resend_for);
        if self.session.is_none() {
            return self.stand(teller);
        }
        self.phase = Phase::Shaking { give_up_at: now + SHAKE_FOR };
        self.write_sealed(teller);
    }

    /// Lets the handshake fail so once the server has spoken, or go on.
    pub(crate) fn spoil(&mut self, fails: Option<TlsFailure>) {
        if let Some(session) = &mut self.session {
            session.spoil(fails);
        }
    }

    pub(super) fn tell_end(&self, how: LineEnd, teller: &mut Teller<'_>) {
        if matches!(self.phase, Phase::Standing) {
            return teller.tell(|line| Input::Ended { line, how });
        }
        let why = TlsFailure::CutOff.into();
        teller.tell(|line| Input::ConnectFailed { line, why });
    }

    /// Takes bytes from the network: they are the device's, or are opened first.
    pub(super) fn take_in(
        &mut self,
        bytes: &[u8],
        now: Instant,
        teller: &mut Teller<'_>,
    ) -> Served {
        let Some(session) = &mut self.session else {
            for report in bytes.chunks(REPORT_BYTES_MAX) {
                let bytes = report.to_vec();
                teller.tell(|line| Input::Received { line, bytes });
            }
            return Served::Waits;
        };
        let opened = session.open(bytes);
        let progress = session.progress();
        self.write_sealed(teller);
        if let Some(why) = opened.failure.clone().filter(|_| !self.has_stood()) {
            teller.tell(|line| Input::ConnectFailed { line, why: why.into() });
            return Served::Over;
        }
        self.go_on(progress, now, teller);
        for bytes in opened.reports {
            teller.tell(|line| Input::Received { line, bytes });
        }
        if opened.failure.is_some() {
            self.tell_end(LineEnd::Reset, teller);
            return Served::Over;
        }
        if opened.ended {
            self.tell_end(LineEnd::Closed, teller);
            return Served::Over;
        }
        Served::Waits
    }

    fn has_stood(&self) -> bool {
        !matches!(self.phase, Phase::Shaking { .. } | Phase::AwaitingVerdict { .. })
    }

    /// Notes how far the handshake is.
    fn go_on(&mut self, progress: Progress, now: Instant, teller: &mut Teller<'_>) {
        match (&self.phase, progress) {
            (Phase::Shaking { .. }, Progress::AwaitsVerdict) => {
                self.phase = Phase::AwaitingVerdict { until: now + VERDICT_FOR };
            }
            (Phase::Shaking { .. } | Phase::AwaitingVerdict { .. }, Progress::Done) => {
                self.stand(teller);
            }
            (_, _) => {}
        }
    }

    /// Writes what TLS has to say for itself.
    pub(super) fn write_sealed(&mut self, teller: &mut Teller<'_>) {
        let sealed = self.session.as_mut().map(|session| session.sealed()).unwrap_or_default();
        self.write_unasked(sealed, teller);
    }

    /// Says within TLS that nothing more will come; plain TCP says so by its own end.
    pub(super) fn say_end(&mut self, teller: &mut Teller<'_>) {
        let sealed = self.session.as_mut().map(|session| session.seal_end()).unwrap_or_default();
        self.write_unasked(sealed, teller);
    }

    /// Writes bytes that no send of the device stands for.
    fn write_unasked(&mut self, bytes: Vec<u8>, teller: &mut Teller<'_>) {
        self.confirmations.pass(bytes.len());
        if !bytes.is_empty() && self.writing.push(bytes) {
            self.write_queued(teller);
        }
    }
}
