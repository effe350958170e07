//! One silent connection, and the question at its end.

use super::{IdleEnd, IdleLimits};
use crate::doctor::CallFailure;
use crate::doctor::call::call;
use crate::doctor::greeting::is_timeout;
use crate::driver::unacknowledged;
use socket2::{SockRef, TcpKeepalive};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How often the system asks the peer's system whether it is there.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether a probe has been acknowledged.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How a connection begins before it falls silent.
#[derive(Clone, Debug)]
pub(in crate::doctor) enum Opening {
    /// As it is.
    Plain,
}

/// One connection.
pub(super) struct Line {
    stream: TcpStream,
}

impl Line {
    /// Connects, and says what has to be said before silence.
    pub(super) fn open(
        address: SocketAddr,
        opening: &Opening,
        patience: Duration,
    ) -> Result<Self, CallFailure> {
        let stream = call(address, patience)?;
        match opening {
            Opening::Plain => Ok(Self { stream }),
        }
    }

    /// Is silent for `silence`, then asks for a sign of life.
    pub(super) fn be_silent(mut self, silence: Duration, limits: &IdleLimits) -> IdleEnd {
        let since = Instant::now();
        let after_ms = || crate::doctor::ms(since.elapsed());
        let silence = silence.max(Duration::from_millis(1));
        if self.stream.set_read_timeout(Some(silence)).is_err() {
            return IdleEnd::NotConnected { why: CallFailure::Local };
        }
        match self.stream.read(&mut [0; 1]) {
            Ok(0) => IdleEnd::Closed { after_ms: after_ms() },
            Ok(_) => IdleEnd::Spoke { after_ms: after_ms() },
            Err(error) if is_timeout(&error) => match &limits.probe {
                Some(text) => self.ask_program(text, limits.patience),
                None => self.ask_system(limits.patience),
            },
            Err(_) => IdleEnd::Cut { after_ms: after_ms() },
        }
    }

    /// Says `text`: an acknowledgement, an answer or an end in order is a sign of life.
    fn ask_program(&mut self, text: &[u8], patience: Duration) -> IdleEnd {
        let until = Instant::now() + patience;
        let asked = self
            .stream
            .write_all(text)
            .and_then(|()| self.stream.set_read_timeout(Some(LOOK_EVERY)));
        if asked.is_err() {
            return IdleEnd::Reset;
        }
        while Instant::now() < until {
            if unacknowledged(&self.stream) == Some(0) {
                return IdleEnd::Alive;
            }
            match self.stream.read(&mut [0; 1]) {
                Ok(_) => return IdleEnd::Alive,
                Err(error) if is_timeout(&error) => {}
                Err(error) => return lost(&error),
            }
        }
        IdleEnd::Forgotten
    }

    /// Lets the system ask the peer's system, which a program does not hear. It gives up one turn
    /// before this side does.
    fn ask_system(&mut self, patience: Duration) -> IdleEnd {
        let times = u32::try_from(patience.as_secs()).unwrap_or(u32::MAX).saturating_sub(2).max(1);
        let asking = TcpKeepalive::new().with_time(ASK_EVERY).with_interval(ASK_EVERY);
        #[cfg(not(windows))]
        let asking = asking.with_retries(times);
        let patience = ASK_EVERY.saturating_mul(times.saturating_add(2));
        let asked = SockRef::from(&self.stream)
            .set_tcp_keepalive(&asking)
            .and_then(|()| self.stream.set_read_timeout(Some(patience)));
        if asked.is_err() {
            return IdleEnd::NotConnected { why: CallFailure::Local };
        }
        match self.stream.read(&mut [0; 1]) {
            Ok(_) => IdleEnd::Alive,
            // The system has not given the peer up, so the peer has answered.
            Err(error) if is_timeout(&error) => IdleEnd::Alive,
            Err(error) => lost(&error),
        }
    }
}

/// What an error after a question means.
fn lost(error: &io::Error) -> IdleEnd {
    let resets = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
    if resets.contains(&error.kind()) { IdleEnd::Reset } else { IdleEnd::Forgotten }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::thread;

    const PATIENCE: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(5);

    /// Connects to a server that does `serve`; how a silence of `silence` ends, asked with `probe`.
    fn silence(
        silence: Duration,
        probe: Option<&[u8]>,
        patience: Duration,
        serve: impl FnOnce(TcpStream) + Send + 'static,
    ) -> IdleEnd {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (opened, is_open) = mpsc::channel();
        let server = thread::spawn(move || {
            let stream = listener.accept().unwrap().0;
            // What is cut before it is open is another end.
            is_open.recv().unwrap();
            serve(stream);
        });
        let limits = IdleLimits { longest: silence, probe: probe.map(<[u8]>::to_vec), patience };
        let line = Line::open(address, &Opening::Plain, PATIENCE).unwrap();
        opened.send(()).unwrap();
        let end = line.be_silent(silence, &limits);
        server.join().unwrap();
        end
    }

    fn read_to_end(mut stream: TcpStream) {
        // How it ends is not the matter.
        let _ = stream.read_to_end(&mut Vec::new());
    }

    #[test]
    fn a_server_that_stays_is_alive() {
        assert_eq!(silence(SHORT, Some(b"ping"), PATIENCE, read_to_end), IdleEnd::Alive);
    }

    #[test]
    fn the_system_is_asked_where_the_program_must_not_hear() {
        let end = silence(SHORT, None, Duration::ZERO, |mut stream| {
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).unwrap();
            assert_eq!(heard, b"");
        });
        assert_eq!(end, IdleEnd::Alive);
    }

    #[test]
    fn a_server_that_closes_breaks_or_speaks_is_told_from_a_silent_death() {
        let closed = silence(PATIENCE, None, PATIENCE, drop);
        assert!(matches!(closed, IdleEnd::Closed { .. }), "{closed:?}");
        let cut = silence(PATIENCE, None, PATIENCE, |stream| {
            SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        });
        assert!(matches!(cut, IdleEnd::Cut { .. }), "{cut:?}");
        let spoke = silence(PATIENCE, None, PATIENCE, |mut stream| {
            stream.write_all(b"hello").unwrap();
        });
        assert!(matches!(spoke, IdleEnd::Spoke { .. }), "{spoke:?}");
    }

    /// The server's system drops whatever comes for this connection, as a box does that has
    /// forgotten it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_that_swallows_all_is_a_silent_death() {
        let nothing_passes = [socket2::SockFilter::new(0x06, 0, 0, 0)];
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        for probe in [Some(b"ping".to_vec()), None] {
            let address = listener.local_addr().unwrap();
            let line = Line::open(address, &Opening::Plain, PATIENCE).unwrap();
            let (server, _) = listener.accept().unwrap();
            SockRef::from(&server).attach_filter(&nothing_passes).unwrap();
            let limits = IdleLimits { longest: SHORT, probe, patience: SHORT };
            assert_eq!(line.be_silent(SHORT, &limits), IdleEnd::Forgotten);
        }
    }

    #[test]
    fn a_path_that_has_forgotten_says_nothing_or_resets() {
        let of = |kind: io::ErrorKind| lost(&kind.into());
        assert_eq!(of(io::ErrorKind::TimedOut), IdleEnd::Forgotten);
        assert_eq!(of(io::ErrorKind::HostUnreachable), IdleEnd::Forgotten);
        assert_eq!(of(io::ErrorKind::ConnectionReset), IdleEnd::Reset);
    }
}
