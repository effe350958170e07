//! What an address hears again and again, and whether it still does.

use super::Address;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// Bytes of a message that make up its wording.
const WORDING_BYTES_MAX: usize = 24;

/// Fewer are no beat.
const TIMES_MIN: usize = 4;

/// A beat has no gap of more than this part of the time in which it was watched.
const GAPS_IN_TIME: u32 = 3;

/// What every pause may be longer than in the calm, besides half of it.
const SLACK: Duration = Duration::from_secs(10);

/// Kinds of messages of one address that are told apart.
const WORDINGS_MAX: usize = 50;

/// Messages that an address hears again and again in the calm: all of them together, or those of
/// one wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Who hears them.
    pub address: Address,
    /// What they have in common, see [`wording`]; `None` for all that the address hears.
    pub wording: Option<Vec<u8>>,
    /// The longest time without one.
    pub gap: Duration,
    /// When they came.
    times: Vec<Duration>,
    /// How long was watched.
    watched: Duration,
}

/// A message that a server heard: when, and what.
pub(super) type Heard<'a> = (Duration, &'a [u8]);

/// What messages of one kind have in common: the first bytes, where every number counts for `0`.
pub fn wording(message: &[u8]) -> Vec<u8> {
    let mut wording: Vec<u8> = Vec::new();
    for &byte in message {
        let is_digit = byte.is_ascii_digit();
        if is_digit && wording.last() == Some(&b'0') {
            continue;
        }
        if wording.len() == WORDING_BYTES_MAX {
            break;
        }
        wording.push(if is_digit { b'0' } else { byte });
    }
    wording
}

/// The beats in what `address` heard while it was watched. The beat of all messages is the first.
pub(super) fn beats(address: &Address, heard: &[Heard<'_>], watched: Range<Duration>) -> Vec<Beat> {
    let mut kinds: BTreeMap<Option<Vec<u8>>, Vec<Duration>> = BTreeMap::new();
    for &(at, message) in heard.iter().filter(|(at, _)| watched.contains(at)) {
        kinds.entry(None).or_default().push(at);
        kinds.entry(Some(wording(message))).or_default().push(at);
    }
    let length = watched.end - watched.start;
    let beats = kinds.into_iter().take(WORDINGS_MAX).filter_map(|(wording, times)| {
        let gap = longest_gap(times.iter().copied(), &watched);
        let is_beat = times.len() >= TIMES_MIN && gap <= length / GAPS_IN_TIME;
        is_beat.then(|| Beat { address: address.clone(), wording, gap, times, watched: length })
    });
    let beats: Vec<Beat> = beats.collect();
    // A kind that makes up all of it says nothing more.
    let only = beats.len() == 2 && beats[0].times.len() == beats[1].times.len();
    if only { beats.into_iter().take(1).collect() } else { beats }
}

/// The longest time in `window` without any of `times`, which are in order.
fn longest_gap(times: impl Iterator<Item = Duration>, window: &Range<Duration>) -> Duration {
    let mut last = window.start;
    let mut longest = Duration::ZERO;
    for at in times.chain([window.end]) {
        longest = longest.max(at.saturating_sub(last));
        last = at;
    }
    longest
}

impl Beat {
    /// Whether it is the beat of all that the address hears.
    pub const fn is_whole(&self) -> bool {
        self.wording.is_none()
    }

    /// A stretch that shows whether it is there, and how fast.
    pub(super) fn window(&self) -> Duration {
        self.gap * 4 + SLACK
    }

    /// How often it comes in `window` at most, in the calm.
    pub fn most_in(&self, window: Duration) -> usize {
        if window >= self.watched {
            let share = window.as_micros().div_ceil(self.watched.as_micros().max(1));
            return self.times.len() * usize::try_from(share).unwrap_or(usize::MAX) + 1;
        }
        let until = |start: Duration| self.times.partition_point(|&at| at < start + window);
        let counts = self.times.iter().enumerate().map(|(first, &at)| until(at) - first);
        counts.max().unwrap_or_default()
    }

    /// More than this in `window` is too fast: a timer that was started twice makes it twice as many.
    pub fn too_many_in(&self, window: Duration) -> usize {
        let most = self.most_in(window);
        most + most / 2 + 1
    }

    /// The longest pause that is no silence. A single kind may take turns with others, so it has to
    /// be missed for longer.
    pub fn pause_max(&self) -> Duration {
        match self.is_whole() {
            true => self.gap + self.gap / 2 + SLACK,
            false => self.gap * 3 + SLACK,
        }
    }

    /// The pause in `window` that is a silence, if one is.
    pub(super) fn silence(
        &self,
        heard: &[Heard<'_>],
        window: &Range<Duration>,
    ) -> Option<Duration> {
        let pause = longest_gap(self.times_in(heard, window).into_iter(), window);
        (pause > self.pause_max()).then_some(pause)
    }

    /// How often it came in `window`, if that is too often.
    pub(super) fn haste(&self, heard: &[Heard<'_>], window: &Range<Duration>) -> Option<usize> {
        let count = self.times_in(heard, window).len();
        (count > self.too_many_in(window.end - window.start)).then_some(count)
    }

    fn times_in(&self, heard: &[Heard<'_>], window: &Range<Duration>) -> Vec<Duration> {
        let is_it = |message: &[u8]| match &self.wording {
            None => true,
            Some(own) => *own == wording(message),
        };
        let ours = heard.iter().filter(|(at, message)| window.contains(at) && is_it(message));
        ours.map(|&(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn address() -> Address {
        Address { host: "h".into(), port: 1 }
    }

    /// `ping` each 10 s, and a counted reading each 30 s, for five minutes.
    fn heard(pings: u64, readings: u64) -> Vec<(Duration, Vec<u8>)> {
        let pings = (0..pings).map(|i| (s(i * 300 / pings), b"ping".to_vec()));
        let readings =
            (0..readings).map(|i| (s(5 + i * 300 / readings), format!("r{i}").into_bytes()));
        let mut all: Vec<_> = pings.chain(readings).collect();
        all.sort();
        all
    }

    fn lent(heard: &[(Duration, Vec<u8>)]) -> Vec<Heard<'_>> {
        heard.iter().map(|(at, message)| (*at, message.as_slice())).collect()
    }

    fn calm_beats() -> Vec<Beat> {
        beats(&address(), &lent(&heard(30, 10)), s(0)..s(300))
    }

    #[test]
    fn numbers_do_not_make_a_wording() {
        assert_eq!(wording(b"t 21.5 h 40\r\n"), wording(b"t 9.25 h 100\r\n"));
        assert_ne!(wording(b"t 21.5"), wording(b"h 21.5"));
        assert_eq!(wording(&[b'x'; 100]).len(), WORDING_BYTES_MAX);
    }

    #[test]
    fn kinds_are_told_apart() {
        let found: Vec<_> = calm_beats().into_iter().map(|beat| (beat.wording, beat.gap)).collect();
        let kind = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(found, [(None, s(10)), (kind("ping"), s(10)), (kind("r0"), s(30))]);
    }

    #[test]
    fn what_comes_seldom_or_once_is_no_beat() {
        assert_eq!(beats(&address(), &lent(&heard(2, 1)), s(0)..s(300)), []);
        let burst: Vec<_> = (0..20).map(|i| (s(i), b"hello".to_vec())).collect();
        assert_eq!(beats(&address(), &lent(&burst), s(0)..s(300)), []);
    }

    #[test]
    fn silence_is_a_pause_longer_than_the_calm_has() {
        let (beats, window) = (calm_beats(), s(0)..s(300));
        let later = heard(30, 1);
        let silences = |heard: &[Heard<'_>]| -> Vec<bool> {
            beats.iter().map(|beat| beat.silence(heard, &window).is_some()).collect()
        };
        assert_eq!(silences(&lent(&heard(30, 10))), [false, false, false]);
        assert_eq!(silences(&lent(&later)), [false, false, true]);
        assert_eq!(silences(&[]), [true, true, true]);
    }

    #[test]
    fn twice_as_often_is_too_fast_and_a_little_more_is_not() {
        let (beats, window) = (calm_beats(), s(0)..s(300));
        let hasty = |heard: &[(Duration, Vec<u8>)]| -> Vec<bool> {
            let heard = lent(heard);
            beats.iter().map(|beat| beat.haste(&heard, &window).is_some()).collect()
        };
        assert_eq!(hasty(&heard(36, 12)), [false, false, false]);
        assert_eq!(hasty(&heard(60, 10)), [true, true, false]);
        assert_eq!(hasty(&heard(30, 20)), [false, false, true]);
    }
}
