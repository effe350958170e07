//! That no word is without a scenario, and that no fault in any order hurts the world.

use super::{CALLBACKS, TASK, at, world};
use holdline_peer::fault::{Fault, Schedule, Trouble, WORDS, When, Who, Word};
use std::collections::BTreeSet;
use std::time::Duration;

const SCENARIOS: [&str; 6] = [
    include_str!("board.rs"),
    include_str!("card.rs"),
    include_str!("line.rs"),
    include_str!("names.rs"),
    include_str!("radio.rs"),
    include_str!("server.rs"),
];

/// Every fault that a scenario names in quotes.
fn named() -> BTreeSet<&'static str> {
    let pieces = SCENARIOS.iter().flat_map(|source| source.split('"'));
    pieces.filter_map(|text| Fault::parse(text).ok()).map(|fault| fault.what.word().words).collect()
}

#[test]
fn every_word_has_a_scenario() {
    let named = named();
    // Those of TLS are all gone through in one table.
    let bare = WORDS.iter().filter(|word| !word.words.starts_with("tls "));
    let missing: Vec<_> =
        bare.map(|word| word.words).filter(|word| !named.contains(word)).collect();
    assert!(missing.is_empty(), "no scenario for {missing:?}");
}

/// A small stream of chance for the test's own choices.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    fn fault(&mut self) -> Fault {
        let word = &WORDS[self.below(WORDS.len() as u64) as usize];
        let what = self.trouble(word);
        let lasts = (what.takes_lasts() && self.below(4) > 0)
            .then(|| Duration::from_millis(1 + self.below(90_000)));
        let schedules = what.schedules();
        let when = match schedules[self.below(schedules.len() as u64) as usize] {
            Schedule::Now | Schedule::At => When::At(Duration::from_millis(self.below(300_000))),
            Schedule::Connects => {
                let first = 1 + self.below(5);
                When::Connects { first, last: first + self.below(3) }
            }
            Schedule::AfterBytes => When::AfterBytes(1 + self.below(40)),
            Schedule::AfterMessages => When::AfterMessages(1 + self.below(10)),
            Schedule::On => When::On(b"tbe".to_vec()),
        };
        Fault { what, when, lasts, port: None }
    }

    fn trouble(&mut self, word: &Word) -> Trouble {
        use holdline_peer::fault::Make;
        match word.make {
            Make::Plain(trouble) => trouble,
            Make::Time(make) => make(Duration::from_micros(1 + self.below(20_000_000))),
            Make::Number(make) => make(1 + self.below(500)),
        }
    }
}

/// Time goes on to the end whatever happens, and the same happens again.
#[test]
fn random_faults_never_stop_a_world() {
    for seed in 0..60 {
        let run = || {
            let mut dice = Dice(seed);
            let mut sim = world(if seed % 2 == 0 { TASK } else { CALLBACKS });
            for _ in 0..12 {
                let fault = dice.fault();
                sim.inject(&fault, None);
            }
            sim.run_until(at(1800));
            assert_eq!(sim.now(), at(1800));
            let of_server = |fault: &Fault| fault.what.who() == Who::Server;
            let mine = sim.faults().into_iter().filter(|one| !of_server(&one.fault)).count();
            (sim.trace().hash(), mine)
        };
        assert_eq!(run(), run(), "seed {seed}");
    }
}
