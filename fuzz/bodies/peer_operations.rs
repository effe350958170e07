//! Random manners, faults and facts against a server's side, in any order: the doors stay drained,
//! no order is for a connection that is not open, deadlines are acted on, and the record keeps to its
//! limit.

use holdline_peer::fault::{Fault, WORDS};
use holdline_peer::{
    Act, Conn, Counts, Cue, ENTRY_BYTES, Entry, Framing, Identity, Input, LengthPrefix, Manner,
    Mask, Output, Pattern, Peer, Record, Reply, Rule, What,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// What the record may keep.
const RECORD_BYTES: usize = 2000;

/// Orders that one fact may bring; more would be an endless loop.
const ORDERS_MAX: usize = 100_000;

/// Reads `bytes` as operations and carries them out.
pub(crate) fn run(bytes: &[u8]) {
    let mut dice = Dice(bytes.iter().copied());
    let mut peer =
        Peer::new(Manner::default()).with_record(Record::with_limit(RECORD_BYTES)).with_line();
    let mut open = BTreeSet::new();
    let mut now = Duration::ZERO;
    while let Some(what) = dice.0.next() {
        now += Duration::from_millis(u64::from(dice.byte()) * 3);
        step(&mut peer, &mut open, &mut dice, now, what);
        let before = peer.poll_output();
        assert!(matches!(before, Output::Idle(_)), "drained, and it gave {before:?}");
        check_record(&peer);
    }
    // All that is due is done at once, however much that is.
    tell(&mut peer, &mut open, now + Duration::from_secs(3600), Input::Timeout);
}

fn step(
    peer: &mut Peer,
    open: &mut BTreeSet<Conn>,
    dice: &mut Dice<impl Iterator<Item = u8>>,
    now: Duration,
    what: u8,
) {
    let conn = Conn(u64::from(dice.byte() % 4));
    match what % 9 {
        0 => tell(peer, open, now, Input::Connecting { conn }),
        1 => {
            open.insert(conn);
            tell(peer, open, now, Input::Accepted { conn });
        }
        2 | 3 => {
            let bytes = dice.text();
            tell(peer, open, now, Input::Received { conn, bytes });
        }
        4 => {
            open.remove(&conn);
            tell(peer, open, now, Input::Closed { conn });
        }
        5 => tell(peer, open, now, Input::Timeout),
        6 => peer.behave(dice.manner()),
        7 => {
            let words = dice.words();
            if let Ok(fault) = Fault::parse(&words) {
                assert_eq!(Fault::parse(&fault.to_string()), Ok(fault.clone()), "{words}");
                peer.inject(now, fault);
            }
        }
        _ => {
            let act = match dice.byte() % 2 {
                0 => Act::SendAll(dice.text()),
                _ => Act::Send(conn, dice.text()),
            };
            peer.plan(now + Duration::from_millis(dice.byte().into()), act);
        }
    }
}

/// Brings a fact and carries out what is ordered.
fn tell(peer: &mut Peer, open: &mut BTreeSet<Conn>, now: Duration, fact: Input) {
    let is_timeout = fact == Input::Timeout;
    let is_connecting = matches!(fact, Input::Connecting { .. });
    peer.handle_input(now, fact);
    for _ in 0..ORDERS_MAX {
        match peer.poll_output() {
            Output::Send { conn, bytes } => {
                assert!(open.contains(&conn), "a send on {conn:?}, which is over");
                assert!(!bytes.is_empty(), "a send of nothing");
            }
            Output::Close { conn } | Output::Reset { conn } => {
                assert!(open.remove(&conn), "an end of {conn:?}, which is over");
            }
            Output::Refuse { conn } => {
                assert!(is_connecting || open.remove(&conn), "{conn:?} is refused once it is over");
            }
            Output::LineFaultBegan { .. } | Output::LineFaultEnded { .. } => {}
            Output::Idle(deadline) => {
                let is_late = is_timeout && deadline.is_some_and(|deadline| deadline <= now);
                assert!(!is_late, "the deadline {deadline:?} was left at {now:?}");
                return;
            }
        }
    }
    panic!("one fact brought {ORDERS_MAX} orders");
}

fn check_record(peer: &Peer) {
    let bytes = |entry: &Entry| match &entry.what {
        What::Received(bytes)
        | What::Message(bytes)
        | What::Left(bytes)
        | What::Named(bytes)
        | What::Sent(bytes) => bytes.len(),
        What::Refused | What::Accepted | What::Closed(_) => 0,
    };
    let cost: usize = peer.record().iter().map(|entry| ENTRY_BYTES + bytes(entry)).sum();
    assert!(cost <= RECORD_BYTES, "the record has {cost} bytes");
    assert!(peer.record().is_sorted_by_key(|entry| entry.at), "the record is out of order");
}

/// Choices made by the bytes that are left; 0 once there are none.
struct Dice<I>(I);

impl<I: Iterator<Item = u8>> Dice<I> {
    fn byte(&mut self) -> u8 {
        self.0.next().unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    fn time(&mut self) -> Duration {
        let byte = self.byte();
        if byte == 255 { Duration::MAX } else { Duration::from_millis(byte.into()) }
    }

    /// Of few letters, so that it often fits what rules wait for.
    fn text(&mut self) -> Vec<u8> {
        let len = self.byte() % 24;
        (0..len).map(|_| self.pick(b"ab\r\n\x00\x03")).collect()
    }

    fn manner(&mut self) -> Manner {
        let rules = (0..self.byte() % 4).map(|_| self.rule()).collect();
        let reply = match self.byte() % 3 {
            0 => Reply::Silent,
            1 => Reply::Echo,
            _ => Reply::Fixed(self.text()),
        };
        Manner { framing: self.framing(), identity: self.identity(), rules, reply }
    }

    fn rule(&mut self) -> Rule {
        let mut rule = Rule::on(match self.byte() % 7 {
            0 => Cue::Connect,
            1 => Cue::Equals(self.text()),
            2 => Cue::Prefix(self.text()),
            3 => Cue::Contains(self.text()),
            4 => Cue::Matches(self.pattern()),
            5 => Cue::Starts(Mask::parse(self.pick(&["61", "?? 6?", "??"])).expect("a mask")),
            _ => Cue::Every(self.time().max(Duration::from_millis(20))),
        });
        rule = match self.byte() % 3 {
            0 => rule,
            1 => rule.echo(),
            _ => rule.say(self.text()),
        };
        let choices = self.byte();
        if choices & 1 != 0 {
            rule = rule.after(self.time());
        }
        if choices & 2 != 0 {
            rule = rule.split(self.byte().into());
        }
        match choices & 12 {
            4 => rule.close(),
            8 => rule.reset(),
            _ => rule,
        }
    }

    fn pattern(&mut self) -> Pattern {
        Pattern::new(self.pick(&["a(b+)", "^b", ".*", "(a|b)*\\x00", ""])).expect("a pattern")
    }

    fn identity(&mut self) -> Option<Identity> {
        match self.byte() % 4 {
            0 => None,
            1 => Some(Identity::Pattern(self.pattern())),
            2 => Some(Identity::Given(self.text())),
            _ => Some(Identity::Bytes {
                prefix: self.text(),
                skip: self.byte().into(),
                len: self.byte().into(),
            }),
        }
    }

    fn framing(&mut self) -> Framing {
        match self.byte() % 5 {
            0 => Framing::None,
            1 => Framing::Line,
            2 => Framing::Fixed(self.byte().into()),
            3 => Framing::Length(LengthPrefix {
                skip: (self.byte() % 3).into(),
                width: (self.byte() % 10).into(),
                is_little_endian: self.byte().is_multiple_of(2),
                counts: self.pick(&[Counts::Rest, Counts::LengthAndRest, Counts::Whole]),
            }),
            _ => Framing::Idle(self.time()),
        }
    }

    /// Words that are mostly a fault.
    fn words(&mut self) -> String {
        const WHEN: [&str; 9] = [
            "",
            "at 1s",
            "at 00:00:05",
            "connects 1 to 2",
            "connect 2",
            "after 7 bytes",
            "after 2 messages",
            r#"on "ab""#,
            r#"on "aab\r\n""#,
        ];
        const LASTS: [&str; 5] = ["", "", "for 50ms", "for 1s", "for 99999999999d"];
        // Mostly those that a server commits itself.
        let index = match self.byte() {
            byte if byte < 200 => usize::from(byte) % 6,
            byte => usize::from(byte) % WORDS.len(),
        };
        let what = WORDS[index].form().replace("DURATION", "3s").replace('N', "5");
        format!("{what} {} {}", self.pick(&WHEN), self.pick(&LASTS))
    }
}
