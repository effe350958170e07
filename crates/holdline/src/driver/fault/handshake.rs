//! How faults end the handshakes of lines of TLS. The real line carries it out: its server has to be
//! there, and to speak, before a device hears that something is wrong with it.

use super::plan::Plan;
use super::{Act, Faults};
use holdline_modem::{LineId, Output as Order, Tls, TlsFailure};
use holdline_sim::handshake_failure;

/// What a device gives to the TLS of a line to `host`, with the name that the server must bear.
pub(super) fn with_name(tls: Option<&Tls>, host: &str) -> Option<Tls> {
    let mut tls = tls?.clone();
    tls.host_name.get_or_insert_with(|| host.to_owned());
    Some(tls)
}

impl Faults {
    /// Lets an order out to the real line, which hears with a connect how its handshake fails.
    pub(super) fn let_out(&mut self, order: Order) {
        let called = if let Order::Connect { line, .. } = order { Some(line) } else { None };
        self.acts.push_back(Act::Order(order));
        let failure = called.and_then(|line| Some((line, self.handshake_failure(line)?)));
        self.acts.extend(failure.map(|(line, failure)| Act::Handshake(line, Some(failure))));
    }

    /// Tells every line that may be shaking hands how that ends from here on.
    pub(super) fn tell_handshakes(&mut self) {
        let shaking = self.lines.iter().filter(|(_, known)| known.tls.is_some() && !known.stands);
        let told = shaking.map(|(&line, _)| Act::Handshake(line, self.handshake_failure(line)));
        self.acts.extend(told.collect::<Vec<_>>());
    }

    /// How the handshake of a line fails as things stand; `None` also for one without TLS.
    fn handshake_failure(&self, line: LineId) -> Option<TlsFailure> {
        let known = self.lines.get(&line)?;
        let tls = known.tls.as_ref()?;
        let standing =
            |plan: &Plan| plan.fault.what.tls().filter(|_| plan.stands_for(line, known.port));
        let trouble = known.trouble.or_else(|| self.plans.iter().find_map(standing))?;
        handshake_failure(trouble, tls)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{acts, at, connect, faults, line};
    use super::*;
    use holdline_modem::{Input, Instant};

    /// The order to connect to a server of TLS, by a device that trusts somebody or does not look.
    fn connect_tls(attempt: u32, port: u16, ca_cert: Option<&str>) -> Order {
        let mut order = connect(attempt, "server.test", port);
        if let Order::Connect { tls, .. } = &mut order {
            let ca_cert = ca_cert.map(|text| text.as_bytes().to_vec());
            *tls = Some(Box::new(Tls { ca_cert, ..Tls::default() }));
        }
        order
    }

    /// By attempt: how the handshakes that are spoken of end.
    fn told(faults: &mut Faults) -> Vec<(u32, Option<&'static str>)> {
        let told = acts(faults).into_iter().filter_map(|act| match act {
            Act::Handshake(line, failure) => {
                Some((line.attempt.0, failure.map(|failure| failure.kind())))
            }
            Act::Order(_) | Act::Fact(_) | Act::Reset(_) | Act::Began(_) | Act::Ended(_) => None,
        });
        told.collect()
    }

    fn told_of(faults: &mut Faults, now: Instant, order: Order) -> Vec<Option<&'static str>> {
        faults.order(now, order);
        told(faults).into_iter().map(|(_, failure)| failure).collect()
    }

    const EXPIRED: Option<&str> = Some("certificate expired");

    #[test]
    fn handshakes_fail_while_the_fault_stands_and_at_its_port() {
        let mut faults = faults(&["at 5s tls expired for 10s port 8883"]);
        for attempt in 1..=2 {
            let order = connect_tls(attempt, 8883, Some("PEM"));
            assert_eq!(told_of(&mut faults, at(1), order), []);
        }
        faults.fact(at(2), Input::Connected { line: line(2) });
        acts(&mut faults);
        faults.handle_timeout(at(5));
        assert_eq!(told(&mut faults), [(1, EXPIRED)], "one that stands has shaken hands");
        for (order, expected) in [
            (connect_tls(3, 8883, Some("PEM")), &[EXPIRED][..]),
            (connect_tls(4, 443, Some("PEM")), &[]),
            (connect_tls(5, 8883, None), &[]),
            (connect(6, "server.test", 8883), &[]),
        ] {
            assert_eq!(told_of(&mut faults, at(6), order.clone()), expected, "{order:?}");
        }
        faults.handle_timeout(at(15));
        assert_eq!(told(&mut faults), [(1, None), (3, None), (4, None), (5, None)]);
        assert_eq!(told_of(&mut faults, at(16), connect_tls(7, 8883, Some("PEM"))), []);
    }

    #[test]
    fn so_many_handshakes_fail_and_plain_connects_are_none() {
        let words = ["tls expired connects 2 to 3", "tls self signed connect 3", "tls cut off"];
        let mut faults = faults(&words);
        let cut_off = Some("cut off in the handshake");
        let mut told = |attempt| {
            assert_eq!(told_of(&mut faults, at(1), connect(attempt, "server.test", 8883)), []);
            let told = told_of(&mut faults, at(1), connect_tls(attempt + 1, 8883, Some("PEM")));
            // What is over is told of no more.
            faults.order(at(1), Order::Abort { line: line(attempt + 1) });
            acts(&mut faults);
            told
        };
        assert_eq!(told(1), [cut_off]);
        assert_eq!(told(3), [EXPIRED]);
        assert_eq!(told(5), [EXPIRED]);
        assert_eq!(told(7), [cut_off]);
    }

    #[test]
    fn a_line_hears_of_it_when_its_connect_is_out() {
        let mut faults = faults(&["latency 6s for 9s", "tls wrong name"]);
        assert_eq!(told_of(&mut faults, at(1), connect_tls(1, 8883, Some("PEM"))), []);
        let leaves_at = faults.poll_timeout().unwrap();
        faults.handle_timeout(leaves_at);
        let names = vec!["another.example".to_owned()];
        let failure = TlsFailure::NameMismatch { wanted: "server.test".to_owned(), names };
        let expected =
            [Act::Order(connect_tls(1, 8883, Some("PEM"))), Act::Handshake(line(1), Some(failure))];
        assert_eq!(acts(&mut faults), expected);
    }
}
