//! Wrong passwords by where they come from: after a few, whoever guesses waits, and longer each time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords in a row that cost nothing: people mistype.
const FREE: u32 = 5;

/// The first wait, which doubles with each wrong password, and the longest.
const WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How long a wrong password is remembered after the last one.
const MEMORY: Duration = Duration::from_secs(600);

/// Places that are remembered, at most; with more the one that was wrong longest ago is forgotten.
const PLACES_MAX: usize = 1024;

/// Who guessed wrong, how often, and when last.
#[derive(Default)]
pub(super) struct Tries {
    wrong: Mutex<BTreeMap<IpAddr, Wrong>>,
}

#[derive(Clone, Copy)]
struct Wrong {
    count: u32,
    last: Instant,
}

/// What comes of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The password is right.
    Open,
    /// It is wrong.
    Wrong,
    /// Nobody looked at it: there were too many wrong ones, and another is looked at after this time.
    Wait(Duration),
}

impl Tries {
    /// Looks at a password from somewhere, unless its place has to wait.
    pub(super) fn judge(
        &self,
        from: IpAddr,
        now: Instant,
        is_right: impl FnOnce() -> bool,
    ) -> Verdict {
        let from = place(from);
        // A map is whole whoever panicked beside it.
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let known = wrong.get(&from).copied().filter(|known| now < known.last + MEMORY);
        let wait = known.map_or(Duration::ZERO, |known| known.wait(now));
        if wait > Duration::ZERO {
            return Verdict::Wait(wait);
        }
        if is_right() {
            wrong.remove(&from);
            return Verdict::Open;
        }
        let count = known.map_or(0, |known| known.count).saturating_add(1);
        wrong.insert(from, Wrong { count, last: now });
        if wrong.len() > PLACES_MAX {
            forget_one(&mut wrong);
        }
        Verdict::Wrong
    }
}

impl Wrong {
    /// How long the next try has to wait.
    fn wait(self, now: Instant) -> Duration {
        let Some(doubled) = self.count.checked_sub(FREE) else { return Duration::ZERO };
        let wait = WAIT.saturating_mul(2_u32.saturating_pow(doubled)).min(WAIT_MAX);
        (self.last + wait).saturating_duration_since(now)
    }
}

fn forget_one(wrong: &mut BTreeMap<IpAddr, Wrong>) {
    let oldest = wrong.iter().min_by_key(|(_, wrong)| wrong.last).map(|(from, _)| *from);
    oldest.and_then(|from| wrong.remove(&from));
}

/// An address, or of IPv6 the network that one house has: its addresses cost nothing.
fn place(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V4(from) => from.into(),
        IpAddr::V6(from) => Ipv6Addr::from_bits(from.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const SECOND: Duration = Duration::from_secs(1);

    fn wrong(tries: &Tries, from: IpAddr, now: Instant) -> Verdict {
        tries.judge(from, now, || false)
    }

    #[test]
    fn who_guesses_waits_longer_each_time() {
        let (tries, mut now) = (Tries::default(), Instant::now());
        for _ in 0..FREE {
            assert_eq!(wrong(&tries, HERE, now), Verdict::Wrong);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let wait = Verdict::Wait(SECOND * seconds);
            assert_eq!(tries.judge(HERE, now, || panic!("nobody looks at it")), wait);
            now += SECOND * seconds;
            assert_eq!(wrong(&tries, HERE, now), Verdict::Wrong);
        }
    }

    #[test]
    fn who_waited_and_knows_it_gets_in_and_begins_anew() {
        let (tries, now) = (Tries::default(), Instant::now());
        assert!((0..FREE).all(|_| wrong(&tries, HERE, now) == Verdict::Wrong));
        assert_eq!(tries.judge(HERE, now, || true), Verdict::Wait(SECOND));
        assert_eq!(tries.judge(HERE, now + SECOND, || true), Verdict::Open);
        assert!((0..FREE).all(|_| wrong(&tries, HERE, now + SECOND) == Verdict::Wrong));
    }

    #[test]
    fn others_do_not_wait_and_a_house_waits_as_one() {
        let (tries, now) = (Tries::default(), Instant::now());
        let address = |text: &str| -> IpAddr { text.parse().expect("an address") };
        for last in 0..FREE {
            wrong(&tries, address(&format!("2001:db8::{last}")), now);
        }
        let waits = |from: &str| matches!(wrong(&tries, address(from), now), Verdict::Wait(_));
        assert!(waits("2001:db8::ffff:1"));
        assert!(!waits("2001:db8:0:1::1") && !waits("127.0.0.1"));
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let (tries, now) = (Tries::default(), Instant::now());
        assert!((0..FREE).all(|_| wrong(&tries, HERE, now) == Verdict::Wrong));
        assert_eq!(wrong(&tries, HERE, now + MEMORY), Verdict::Wrong);
        assert_eq!(wrong(&tries, HERE, now + MEMORY), Verdict::Wrong, "it began anew");
        for from in 0..5000_u32 {
            wrong(&tries, std::net::Ipv4Addr::from_bits(from).into(), now + MEMORY * 2);
        }
        let kept = tries.wrong.lock().expect("nobody panicked");
        assert_eq!(kept.len(), PLACES_MAX);
        assert!(!kept.contains_key(&HERE), "it was wrong longest ago");
    }
}
