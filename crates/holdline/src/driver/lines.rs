//! Every line of every device, by key: orders reach its socket, events and answers become facts.

use super::agenda::{Agenda, Teller};
use super::deadlines::Wake;
use super::dns::{self, Answer, Lookups, Ticket};
use super::outcome::{Ready, Served};
use super::redirect::{Redirects, Speech};
use super::table::Table;
use super::tcp::{Hands, Tcp};
use super::tls::Session;
use super::udp::Udp;
use holdline_modem::{Confirm, ConnectFailure, Input, Instant, Kind, LineId, Tls, TlsFailure};
use mio::{Registry, Token};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// Room for what one read brings: no datagram is longer.
const SCRATCH_BYTES: usize = 64 * 1024;

/// Lines, and what all of them use.
pub(crate) struct Lines {
    table: Table<Line>,
    registry: Registry,
    lookups: Lookups,
    redirects: Rc<Redirects>,
    /// Whether TLS without certificates to trust is refused.
    verified_only: bool,
    scratch: Box<[u8]>,
    /// Added to a key to make a token.
    first_token: usize,
}

struct Line {
    device: usize,
    id: LineId,
    /// The deadline that stands in the agenda.
    wake_at: Option<Instant>,
    body: Body,
}

enum Body {
    /// The host's addresses are being looked up.
    Looking {
        ticket: Ticket,
        kind: Kind,
        session: Option<Box<Session>>,
        resend_for: Duration,
    },
    Tcp(Tcp),
    Udp(Udp),
}

/// An order to connect.
pub(crate) struct Call {
    pub(crate) device: usize,
    pub(crate) line: LineId,
    pub(crate) kind: Kind,
    pub(crate) tls: Option<Box<Tls>>,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) resend_for: Duration,
}

impl Lines {
    /// No lines yet; their tokens count from `first_token`.
    pub(crate) fn new(registry: Registry, lookups: Lookups, first_token: usize) -> Self {
        let redirects = Rc::default();
        let scratch = vec![0; SCRATCH_BYTES].into_boxed_slice();
        let table = Table::new();
        Self { table, registry, lookups, redirects, verified_only: false, scratch, first_token }
    }

    /// Refuses TLS without certificates to trust, from here on.
    pub(crate) fn verify_only(&mut self) {
        self.verified_only = true;
    }

    /// Leads connections from here on where `redirects` say.
    pub(crate) fn redirect(&mut self, redirects: Rc<Redirects>) {
        self.redirects = redirects;
    }

    /// Starts a connection; says under which key.
    pub(crate) fn connect(&mut self, call: Call, now: Instant, agenda: &mut Agenda) -> usize {
        let Call { device, line, kind, tls, host, port, resend_for } = call;
        let speech = Speech::of(kind, tls.is_some());
        // The certificate is that of the name in the script, wherever it leads.
        let session = tls.map(|tls| self.start_session(&tls, &host)).transpose();
        let (host, port) = self.redirects.resolve(speech, &host, port).unwrap_or((host, port));
        // A key is needed to ask; the ticket of the question is filled in below.
        let (session, failure) = match session {
            Ok(session) => (session, None),
            Err(failure) => (None, Some(failure)),
        };
        let body = Body::Looking { ticket: Ticket::NONE, kind, session, resend_for };
        let key = self.table.insert(Line { device, id: line, wake_at: None, body });
        if let Some(failure) = failure {
            self.fail(key, failure.into(), agenda);
            return key;
        }
        if let Some(addresses) = dns::known(&host, port) {
            self.call(key, addresses, now, agenda);
            return key;
        }
        match (self.lookups.ask(key, host, port), self.table.get_mut(key)) {
            (Ok(asked), Some(Line { body: Body::Looking { ticket, .. }, .. })) => *ticket = asked,
            (_, _) => self.fail(key, ConnectFailure::Local, agenda),
        }
        key
    }

    fn start_session(&self, tls: &Tls, host: &str) -> Result<Box<Session>, TlsFailure> {
        if self.verified_only && tls.ca_cert.is_none() {
            return Err(TlsFailure::Unverified);
        }
        Session::start(tls, host).map(Box::new)
    }

    /// Takes the answers that lookups have brought.
    pub(crate) fn take_answers(&mut self, now: Instant, agenda: &mut Agenda) {
        while let Some(Answer { ticket, line, addresses }) = self.lookups.answer() {
            let asked = self.table.get_mut(line).is_some_and(
                |line| matches!(line.body, Body::Looking { ticket: own, .. } if own == ticket),
            );
            if asked {
                self.call(line, addresses, now, agenda);
            }
        }
    }

    /// Takes an event of a line's socket.
    pub(crate) fn handle_ready(
        &mut self,
        token: Token,
        ready: Ready,
        now: Instant,
        agenda: &mut Agenda,
    ) {
        let Some(key) = token.0.checked_sub(self.first_token) else { return };
        self.serve(key, now, agenda, |body, hands, teller| match body {
            Body::Looking { .. } => Served::Waits,
            Body::Tcp(tcp) => tcp.handle_ready(ready, hands, teller),
            Body::Udp(udp) => udp.handle_ready(ready, hands, teller),
        });
    }

    /// Acts on a line's deadline.
    pub(crate) fn handle_timeout(&mut self, key: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(key, now, agenda, |body, hands, teller| match body {
            Body::Looking { .. } | Body::Udp(_) => Served::Waits,
            Body::Tcp(tcp) => tcp.handle_timeout(hands, teller),
        });
    }

    /// Reads on where more was left.
    pub(crate) fn read_on(&mut self, key: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(key, now, agenda, |body, hands, teller| match body {
            Body::Looking { .. } => Served::Waits,
            Body::Tcp(tcp) => tcp.read_on(hands, teller),
            Body::Udp(udp) => udp.read_on(hands, teller),
        });
    }

    /// Sends bytes.
    pub(crate) fn send(
        &mut self,
        key: usize,
        bytes: Vec<u8>,
        confirm: Confirm,
        now: Instant,
        agenda: &mut Agenda,
    ) {
        self.serve(key, now, agenda, |body, hands, teller| match body {
            Body::Looking { .. } => Served::Waits,
            Body::Tcp(tcp) => tcp.send(bytes, confirm, hands.now, teller),
            Body::Udp(udp) => {
                udp.send(bytes, teller);
                Served::Waits
            }
        });
    }

    /// Closes in order.
    pub(crate) fn close(&mut self, key: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(key, now, agenda, |body, hands, teller| match body {
            Body::Tcp(tcp) => tcp.close(hands, teller),
            Body::Looking { .. } | Body::Udp(_) => {
                teller.tell(|line| Input::Closed { line });
                Served::Over
            }
        });
    }

    /// Stops reading a line.
    pub(crate) fn pause(&mut self, key: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(key, now, agenda, |body, _, _| {
            match body {
                Body::Looking { .. } => {}
                Body::Tcp(tcp) => tcp.pause(),
                Body::Udp(udp) => udp.pause(),
            }
            Served::Waits
        });
    }

    /// Reads a line again.
    pub(crate) fn resume(&mut self, key: usize, now: Instant, agenda: &mut Agenda) {
        self.serve(key, now, agenda, |body, hands, _| match body {
            Body::Looking { .. } => Served::Waits,
            Body::Tcp(tcp) => tcp.resume(hands.registry),
            Body::Udp(udp) => udp.resume(hands.registry),
        });
    }

    /// Breaks a line off.
    pub(crate) fn abort(&mut self, key: usize, agenda: &mut Agenda) {
        self.forget(key, agenda);
    }

    /// Breaks a line off with a reset.
    pub(crate) fn reset(&mut self, key: usize, agenda: &mut Agenda) {
        if let Some(Line { body: Body::Tcp(tcp), .. }) = self.table.get_mut(key) {
            tcp.reset_when_dropped();
        }
        self.forget(key, agenda);
    }

    /// Lets the handshake of a line of TLS fail so once its server has spoken, or go on.
    pub(crate) fn spoil(&mut self, key: usize, fails: Option<TlsFailure>) {
        match self.table.get_mut(key).map(|line| &mut line.body) {
            Some(Body::Looking { session: Some(session), .. }) => session.spoil(fails),
            Some(Body::Tcp(tcp)) => tcp.spoil(fails),
            Some(Body::Looking { session: None, .. } | Body::Udp(_)) | None => {}
        }
    }

    /// Ends every line in order, as far as that goes without waiting.
    pub(crate) fn leave(&mut self, agenda: &mut Agenda) {
        for key in self.table.keys() {
            if let Some(Line { device, id, body: Body::Tcp(tcp), .. }) = self.table.get_mut(key) {
                let facts = &mut agenda.facts;
                tcp.leave(&mut self.scratch, &mut Teller { facts, device: *device, line: *id });
            }
            self.forget(key, agenda);
        }
    }

    /// Whether `key` is `line` of `device`, and not another line that came after it.
    pub(crate) fn is(&mut self, key: usize, device: usize, line: LineId) -> bool {
        self.table.get_mut(key).is_some_and(|found| found.device == device && found.id == line)
    }

    /// Calls the addresses that were found.
    fn call(&mut self, key: usize, addresses: Vec<SocketAddr>, now: Instant, agenda: &mut Agenda) {
        let token = Token(self.first_token + key);
        let Some(line) = self.table.get_mut(key) else { return };
        let Body::Looking { kind, resend_for, ref mut session, .. } = line.body else { return };
        let session = session.take();
        let hands = Hands { now, registry: &self.registry, scratch: &mut self.scratch };
        let facts = &mut agenda.facts;
        let mut teller = Teller { facts, device: line.device, line: line.id };
        let called = match kind {
            Kind::Tcp => Tcp::call(token, addresses, resend_for, session, &hands).map(Body::Tcp),
            Kind::Udp => Udp::connect(token, addresses, &hands, &mut teller).map(Body::Udp),
        };
        match called {
            Ok(body) => {
                line.body = body;
                self.serve(key, now, agenda, |_, _, _| Served::Waits);
            }
            Err(why) => self.fail(key, why, agenda),
        }
    }

    fn fail(&mut self, key: usize, why: ConnectFailure, agenda: &mut Agenda) {
        if let Some(Line { device, id, .. }) = self.table.get_mut(key) {
            agenda.facts.push_back((*device, Input::ConnectFailed { line: *id, why }));
        }
        self.forget(key, agenda);
    }

    /// Serves one line, then notes what it waits for.
    fn serve(
        &mut self,
        key: usize,
        now: Instant,
        agenda: &mut Agenda,
        act: impl FnOnce(&mut Body, &mut Hands<'_>, &mut Teller<'_>) -> Served,
    ) {
        let Some(line) = self.table.get_mut(key) else { return };
        let mut hands = Hands { now, registry: &self.registry, scratch: &mut self.scratch };
        let facts = &mut agenda.facts;
        let mut teller = Teller { facts, device: line.device, line: line.id };
        match act(&mut line.body, &mut hands, &mut teller) {
            Served::Over => return self.forget(key, agenda),
            Served::HasMore => agenda.unfinished.push_back(key),
            Served::Waits => {}
        }
        let at = match &line.body {
            Body::Tcp(tcp) => tcp.poll_timeout(),
            Body::Looking { .. } | Body::Udp(_) => None,
        };
        agenda.deadlines.set(Wake::Line(key), &mut line.wake_at, at);
    }

    fn forget(&mut self, key: usize, agenda: &mut Agenda) {
        if let Some(mut line) = self.table.remove(key) {
            agenda.deadlines.set(Wake::Line(key), &mut line.wake_at, None);
        }
    }
}
