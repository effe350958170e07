//! How regularly a device speaks, as numbers and as a picture.

use super::shown::duration;
use super::words::{Words, fill};
use maud::{Markup, html};
use std::time::Duration;

/// Messages that are looked at.
pub(super) const BEATS_MAX: usize = 41;

/// Of how many times between messages a period is told.
const GAPS_MIN: usize = 3;

/// From how many in a hundred on there is a rhythm to be told of.
const RHYTHM_MIN: usize = 50;

/// How far from the period a time between messages may be and still count as regular, in percent.
const TOLERANCE: i64 = 10;

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 22.0;

/// Times between the last messages of a device.
pub(super) struct Beats {
    /// In microseconds, the oldest first.
    gaps: Vec<i64>,
}

impl Beats {
    /// Of the times at which messages came, the newest first.
    pub(super) fn new(times: &[i64]) -> Option<Self> {
        let gaps: Vec<i64> =
            times.windows(2).rev().map(|pair| (pair[0] - pair[1]).max(0)).collect();
        (gaps.len() >= GAPS_MIN).then_some(Self { gaps })
    }

    /// The middle one.
    fn period(&self) -> i64 {
        let mut sorted = self.gaps.clone();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    }

    /// How many in a hundred are near the period.
    fn regularity(&self) -> usize {
        let period = self.period();
        let near = |gap: &&i64| (**gap - period).abs() * 100 <= period * TOLERANCE;
        self.gaps.iter().filter(near).count() * 100 / self.gaps.len()
    }

    pub(super) fn shown(&self, words: &Words) -> Markup {
        let time = |micros: i64| duration(words, Duration::from_micros(micros.unsigned_abs()));
        let (min, max) = self.ends();
        let picture = fill(
            words.heartbeat_picture,
            &[("n", &(self.gaps.len() + 1)), ("min", &time(min)), ("max", &time(max))],
        );
        let told = match self.regularity() {
            regularity @ RHYTHM_MIN.. => {
                let values =
                    [("period", &time(self.period()) as _), ("regularity", &regularity as _)];
                fill(words.heartbeat, &values)
            }
            // The middle of what has no middle says nothing of when the next one comes.
            _ => fill(words.heartbeat_none, &[("min", &time(min)), ("max", &time(max))]),
        };
        html! {
            span.beats {
                svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(picture) {
                    path d=(self.path()) {}
                }
                span { (told) }
            }
        }
    }

    fn ends(&self) -> (i64, i64) {
        self.gaps.iter().fold((i64::MAX, 0), |(min, max), &gap| (min.min(gap), max.max(gap)))
    }

    /// One point for each gap: the longer it is the higher, from nothing to twice the period.
    fn path(&self) -> String {
        let top = (self.period() * 2).max(1) as f64;
        let step = WIDTH / (self.gaps.len() - 1) as f64;
        let point = |(nth, &gap): (usize, &i64)| {
            let height = (gap as f64 / top).min(1.0) * (HEIGHT - 2.0);
            let letter = if nth == 0 { 'M' } else { 'L' };
            format!("{letter}{:.1} {:.1}", nth as f64 * step, HEIGHT - 1.0 - height)
        };
        self.gaps.iter().enumerate().map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::words;

    #[test]
    fn a_period_is_the_middle_of_the_times_between_messages() {
        let seconds = |times: &[i64]| times.iter().map(|time| time * 1_000_000).collect::<Vec<_>>();
        let beats = Beats::new(&seconds(&[100, 90, 80, 50, 40])).expect("enough messages");
        assert_eq!(beats.period(), 10_000_000);
        assert_eq!(beats.regularity(), 75);
        let shown = beats.shown(&words::EN).into_string();
        assert!(shown.contains("every 10 s, 75 % regular"), "{shown}");
        assert!(shown.contains("10 s to 30 s"), "{shown}");
        assert!(shown.contains("M0.0 11.0L40.0 1.0L80.0 11.0L120.0 11.0"), "{shown}");
        let wild = Beats::new(&seconds(&[100, 99, 70, 10, 7, 0])).expect("enough messages");
        let shown = wild.shown(&words::EN).into_string();
        assert!(shown.contains("no rhythm: 1 s to 1 min apart"), "{shown}");
        assert!(Beats::new(&seconds(&[3, 2, 1])).is_none());
        assert!(Beats::new(&[5, 5, 5, 5]).is_some_and(|same| !same.path().contains("NaN")));
    }
}
