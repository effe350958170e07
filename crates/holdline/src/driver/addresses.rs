//! The addresses of one name, called in turn until one answers.

use super::outcome::connect_failure;
use holdline_modem::{ConnectFailure, Instant};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use std::vec;

/// How long the last address of a name is tried.
const CONNECT_FOR: Duration = Duration::from_secs(75);

/// How long an address is tried when there are more.
const CONNECT_FOR_EACH: Duration = Duration::from_secs(5);

/// Addresses yet to be tried, and how the first one failed.
#[derive(Debug)]
pub(crate) struct Addresses {
    rest: vec::IntoIter<SocketAddr>,
    failure: Option<ConnectFailure>,
}

impl Addresses {
    /// All of them yet to be tried.
    pub(crate) fn new(addresses: Vec<SocketAddr>) -> Self {
        Self { rest: addresses.into_iter(), failure: None }
    }

    /// Calls the next address that can be called at all.
    pub(crate) fn call(
        &mut self,
        token: Token,
        registry: &Registry,
    ) -> Result<TcpStream, ConnectFailure> {
        while let Some(address) = self.rest.next() {
            let called = TcpStream::connect(address).and_then(|mut stream| {
                registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                Ok(stream)
            });
            match called {
                Ok(stream) => return Ok(stream),
                Err(error) => self.failed(connect_failure(&error)),
            }
        }
        Err(self.failure.take().unwrap_or(ConnectFailure::NameNotFound))
    }

    /// The first failure is the one to tell: the address that comes first is the one that is meant.
    pub(crate) fn failed(&mut self, failure: ConnectFailure) {
        self.failure.get_or_insert(failure);
    }

    /// When the address that was called at `now` is given up.
    pub(crate) fn give_up_at(&self, now: Instant) -> Instant {
        now + if self.rest.as_slice().is_empty() { CONNECT_FOR } else { CONNECT_FOR_EACH }
    }
}

/// Whether the call was answered.
pub(crate) fn is_answered(stream: &TcpStream) -> io::Result<bool> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        // Linux lets a call to a free local port meet itself; nobody is there.
        Ok(peer) if stream.local_addr().is_ok_and(|own| own == peer) => {
            Err(io::ErrorKind::ConnectionRefused.into())
        }
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::agenda::Teller;
    use super::super::tcp::{Hands, Tcp};
    use super::*;
    use holdline_modem::{Attempt, Input, LineId, SocketId};
    use mio::{Events, Poll};
    use std::collections::VecDeque;
    use std::net::TcpListener;

    const LINE: LineId = LineId { socket: SocketId(0), attempt: Attempt(1) };

    /// Calls `addresses` until that has come to an end; what the device is told.
    fn call(addresses: Vec<SocketAddr>) -> Vec<Input> {
        let mut poll = Poll::new().unwrap();
        let registry = poll.registry().try_clone().unwrap();
        let (mut events, mut facts, mut scratch) =
            (Events::with_capacity(8), VecDeque::new(), [0; 64]);
        let mut hands = Hands { now: Instant::ZERO, registry: &registry, scratch: &mut scratch };
        let mut tcp = match Tcp::call(Token(0), addresses, CONNECT_FOR, None, &hands) {
            Ok(tcp) => tcp,
            Err(why) => return vec![Input::ConnectFailed { line: LINE, why }],
        };
        while facts.is_empty() {
            poll.poll(&mut events, None).unwrap();
            for event in &events {
                let mut teller = Teller { facts: &mut facts, device: 0, line: LINE };
                tcp.handle_ready(event.into(), &mut hands, &mut teller);
            }
        }
        facts.into_iter().map(|(_, fact)| fact).collect()
    }

    /// An address where nobody listens: bound, and given back.
    fn deserted() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    #[test]
    fn every_address_is_tried_in_turn() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = listener.local_addr().unwrap();
        assert_eq!(call(vec![deserted(), deserted(), open]), [Input::Connected { line: LINE }]);
    }

    #[test]
    fn the_first_failure_is_told() {
        let why = ConnectFailure::Refused;
        let nowhere = SocketAddr::from(([255, 255, 255, 255], 9));
        assert_eq!(call(vec![deserted(), nowhere]), [Input::ConnectFailed { line: LINE, why }]);
        let why = ConnectFailure::NameNotFound;
        assert_eq!(call(Vec::new()), [Input::ConnectFailed { line: LINE, why }]);
    }
}
