//! Users' words for faults, both ways.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use crate::fault::{
    Fault, FaultError, Make, Misfit, Piece, Schedule, Shown, TlsTrouble, Trouble, WORDS, Ways,
    When, Who, Wrong, parse_duration,
};

const MINUTE: Duration = Duration::from_secs(60);

fn parse(words: &str) -> Fault {
    Fault::parse(words).unwrap_or_else(|error| panic!("{words}: {error}"))
}

fn wrong(words: &str) -> FaultError {
    Fault::parse(words).expect_err(words)
}

#[test]
fn the_words_that_users_say_are_understood() {
    let connects = |first, last| When::Connects { first, last };
    let cases = [
        ("refuse 3 connects", Trouble::Refuse, connects(1, 3), None),
        ("refuse connects 2 to 4", Trouble::Refuse, connects(2, 4), None),
        ("refuse connects 2-4", Trouble::Refuse, connects(2, 4), None),
        ("refuse connect 5", Trouble::Refuse, connects(5, 5), None),
        ("refuse connects 1 to 3, accept the 4th", Trouble::Refuse, connects(1, 3), None),
        ("refuse 1 connect，accept 2nd", Trouble::Refuse, connects(1, 1), None),
        ("reset after 37 bytes", Trouble::Reset, When::AfterBytes(37), None),
        ("close after 1 message", Trouble::Close, When::AfterMessages(1), None),
        ("reset on \"heart data\"", Trouble::Reset, When::On(b"heart data".into()), None),
        ("close", Trouble::Close, When::Now, None),
        ("half-open", Trouble::HalfOpen, When::Now, None),
        ("silent for 5m", Trouble::Silent, When::Now, Some(5 * MINUTE)),
        ("silent for 300 s", Trouble::Silent, When::Now, Some(5 * MINUTE)),
        ("at 2 h latency 300000 ms", Trouble::Latency(5 * MINUTE), When::At(120 * MINUTE), None),
        ("at 02:00 server down for 1h", Trouble::Down, When::At(120 * MINUTE), Some(60 * MINUTE)),
        (
            "down for 1h at 02:00:30",
            Trouble::Down,
            When::At(Duration::from_secs(7230)),
            Some(60 * MINUTE),
        ),
        ("restart", Trouble::Restart, When::Now, None),
        ("black hole up for 1m", Trouble::BlackHole(Ways::Up), When::Now, Some(MINUTE)),
        ("Black_Hole", Trouble::BlackHole(Ways::Both), When::Now, None),
        ("blackhole down", Trouble::BlackHole(Ways::Down), When::Now, None),
        ("LATENCY 800ms", Trouble::Latency(Duration::from_millis(800)), When::Now, None),
        ("rate 1000", Trouble::Rate(1000), When::Now, None),
        ("split 7", Trouble::Split(7), When::Now, None),
        ("nat-idle 4m", Trouble::NatIdle(4 * MINUTE), When::Now, None),
        ("name slow 20s", Trouble::NameSlow(Duration::from_secs(20)), When::Now, None),
        ("power cut on \"heart\"", Trouble::PowerCut, When::On(b"heart".into()), None),
        ("black hole connect 3", Trouble::BlackHole(Ways::Both), connects(3, 3), None),
        ("pdp lost after 500 bytes", Trouble::PdpLost, When::AfterBytes(500), None),
        ("tls not yet valid", Trouble::Tls(TlsTrouble::NotYetValid), When::Now, None),
        ("sim pin", Trouble::SimPin, When::Now, None),
    ];
    for (words, what, when, lasts) in cases {
        assert_eq!(parse(words), Fault { what, when, lasts, port: None }, "{words}");
    }
    assert_eq!(parse("refuse port 9999").port, Some(9999));
}

#[test]
fn texts_are_bytes() {
    let cases: [(&str, &[u8]); 5] = [
        (r#"reset on "a\r\n""#, b"a\r\n"),
        (r#"reset on 'say "hi"'"#, b"say \"hi\""),
        (r#"reset on "\xAA\x01\\""#, &[0xAA, 1, b'\\']),
        ("reset on \"心跳 for 1h\"", "心跳 for 1h".as_bytes()),
        ("reset on\"UPPER-case\"", b"UPPER-case"),
    ];
    for (words, text) in cases {
        assert_eq!(parse(words).when, When::On(text.into()), "{words}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let cases = [
        ("", 1, "", Wrong::NoTrouble),
        ("for 5m", 1, "for 5m", Wrong::NoTrouble),
        ("at 2h blak hole", 7, "blak", Wrong::Unknown { nearest: Some("black hole") }),
        ("reset afer 3 bytes", 7, "afer", Wrong::Unknown { nearest: Some("after") }),
        ("xyzzy", 1, "xyzzy", Wrong::Unknown { nearest: None }),
        ("close reset", 7, "reset", Wrong::SecondTrouble),
        ("at 1s close on \"x\"", 13, "on", Wrong::SecondSchedule),
        ("close for 1s for 2s", 14, "for", Wrong::Twice),
        ("close for", 10, "", Wrong::Missing(Piece::Duration)),
        ("close for ever", 11, "ever", Wrong::Wanted(Piece::Duration)),
        ("close for 0s", 11, "0s", Wrong::Wanted(Piece::Duration)),
        ("at -5s close", 4, "-5s", Wrong::Wanted(Piece::Moment)),
        ("at 02:60 close", 4, "02:60", Wrong::Wanted(Piece::Moment)),
        ("rate 0", 6, "0", Wrong::Wanted(Piece::Number)),
        ("rate +5", 6, "+5", Wrong::Wanted(Piece::Number)),
        ("refuse connects 3 to 2", 22, "2", Wrong::Wanted(Piece::Last)),
        ("refuse connects 3-2", 17, "3-2", Wrong::Wanted(Piece::Last)),
        ("refuse connects 1 to 3, accept the 5th", 36, "5th", Wrong::Wanted(Piece::Next)),
        ("refuse, accept the 1st", 20, "1st", Wrong::Wanted(Piece::Next)),
        ("refuse connect 1, accept", 25, "", Wrong::Missing(Piece::Next)),
        ("close for 5 ever", 11, "5", Wrong::Wanted(Piece::Duration)),
        ("close for 0 s", 11, "0", Wrong::Wanted(Piece::Duration)),
        ("refuse 3 times", 10, "times", Wrong::Wanted(Piece::Connects)),
        ("close after 3 hours", 15, "hours", Wrong::Wanted(Piece::Counted)),
        ("close on heart", 10, "heart", Wrong::Wanted(Piece::Text)),
        ("close on \"\"", 10, "\"\"", Wrong::Wanted(Piece::Text)),
        ("close on \"心跳", 10, "\"心跳", Wrong::Unclosed),
        (r#"close on "a\q""#, 12, r"\q", Wrong::Escape),
        (r#"close on "a\x4""#, 12, r"\x", Wrong::Escape),
        ("close \"x\"", 7, "\"x\"", Wrong::StrayText),
        ("close port 65536", 12, "65536", Wrong::Wanted(Piece::Port)),
    ];
    for (words, column, value, wrong) in cases {
        let error = FaultError { column, value: value.into(), wrong };
        assert_eq!(Fault::parse(words), Err(error), "{words}");
    }
}

#[test]
fn an_unknown_word_gives_the_nearest_and_the_list_in_both_languages() {
    let error = wrong("at 2h blak hole");
    let told = error.to_string();
    assert!(
        told.starts_with("at letter 7, `blak` is no word for a fault; did you mean `black hole`?")
    );
    for word in WORDS {
        assert!(told.contains(&word.form()), "{}", word.words);
        assert!(error.hint().zh.contains(&word.form()), "{}", word.words);
    }
    assert_eq!(error.what().zh, "第 7 个字符处的 `blak` 不是故障用的词");
}

#[test]
fn parts_that_do_not_fit_are_refused_with_those_that_do() {
    let misfit = |words| {
        let Wrong::Misfit { misfit, .. } = wrong(words).wrong else { panic!("{words}") };
        misfit
    };
    for words in ["refuse on \"x\"", "restart 3 connects", "tls expired after 3 bytes"] {
        assert_eq!(misfit(words), Misfit::Schedule, "{words}");
    }
    for words in ["restart for 1m", "pdp lost for 1m", "uart overrun for 1s"] {
        assert_eq!(misfit(words), Misfit::Lasts, "{words}");
    }
    for words in ["sim out port 1", "name not found port 1"] {
        assert_eq!(misfit(words), Misfit::Port, "{words}");
    }
    let told = wrong("refuse on \"x\" for 1m").to_string();
    assert_eq!(
        told,
        "`refuse` cannot begin so; it begins at once, or with: `at TIME`, `connects A to B`"
    );
}

#[test]
fn faults_made_of_nothing_do_not_fit() {
    let fault = |what, when| Fault { what, when, lasts: None, port: None };
    let nothing = [
        fault(Trouble::Rate(0), When::Now),
        fault(Trouble::Latency(Duration::ZERO), When::Now),
        fault(Trouble::Close, When::AfterBytes(0)),
        fault(Trouble::Close, When::Connects { first: 0, last: 3 }),
        fault(Trouble::Close, When::Connects { first: 3, last: 2 }),
        fault(Trouble::Close, When::On(Vec::new())),
        Fault { lasts: Some(Duration::ZERO), ..Fault::now(Trouble::Silent) },
        Fault { port: Some(0), ..Fault::now(Trouble::Silent) },
    ];
    for fault in nothing {
        assert_eq!(fault.check(), Err(Misfit::Nothing), "{fault}");
    }
    assert_eq!(fault(Trouble::Close, When::At(Duration::ZERO)).check(), Ok(()));
}

#[test]
fn every_word_is_read_printed_and_told_in_both_languages() {
    for word in WORDS {
        let value = match word.make {
            Make::Plain(_) => "",
            Make::Time(_) => " 1m30s",
            Make::Number(_) => " 42",
        };
        let said = format!("{}{value}", word.words);
        assert_eq!(parse(&said).to_string(), said);
        assert!(!word.en.is_empty() && !word.zh.is_ascii(), "{said}");
    }
    let of = |who| WORDS.iter().filter(|word| word.who == who).count();
    assert!(of(Who::Server) > 10 && of(Who::Line) > 10 && of(Who::Module) > 10);
}

#[test]
fn durations_are_read_as_they_are_printed() {
    for (text, shown) in [("90s", "1m30s"), ("24h", "1d"), ("1500ms", "1s500ms"), ("0ms", "0s")] {
        assert_eq!(Shown(parse_duration(text).unwrap()).to_string(), shown);
    }
    let longest = Shown(Duration::MAX).to_string();
    assert_eq!(parse_duration(&longest), Some(Duration::MAX));
    for text in ["", "5", "s", "1.5s", "-1s", "1x", "213503982334602d", "1s2"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 27)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// From 1, of any size.
    fn count(&mut self) -> u64 {
        let bits = self.below(64);
        (self.roll() >> bits).max(1)
    }

    fn time(&mut self) -> Duration {
        match self.below(3) {
            0 => Duration::from_secs(self.below(100_000) + 1),
            1 => Duration::from_millis(self.below(100_000) + 1),
            _ => Duration::new(self.count(), self.below(1_000_000_000) as u32),
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..=self.below(12)).map(|_| self.roll() as u8).collect()
    }

    fn trouble(&mut self) -> Trouble {
        match WORDS[self.below(WORDS.len() as u64) as usize].make {
            Make::Plain(trouble) => trouble,
            Make::Time(make) => make(self.time()),
            Make::Number(make) => make(self.count()),
        }
    }

    fn when(&mut self, schedule: Schedule) -> When {
        match schedule {
            Schedule::Now => When::Now,
            Schedule::At => When::At(self.time()),
            Schedule::Connects => {
                let (one, other) = (self.count(), self.count());
                When::Connects { first: one.min(other), last: one.max(other) }
            }
            Schedule::AfterBytes => When::AfterBytes(self.count()),
            Schedule::AfterMessages => When::AfterMessages(self.count()),
            Schedule::On => When::On(self.bytes()),
        }
    }

    fn fault(&mut self) -> Fault {
        let what = self.trouble();
        let schedules = what.schedules();
        let schedule = schedules[self.below(schedules.len() as u64) as usize];
        let lasts = (what.takes_lasts() && self.below(2) == 0).then(|| self.time());
        let port = (what.takes_port() && self.below(2) == 0).then(|| self.below(65535) as u16 + 1);
        Fault { what, when: self.when(schedule), lasts, port }
    }

    /// Words that are nearly a fault.
    fn words(&mut self) -> String {
        let known: Vec<String> = WORDS.iter().map(|word| word.form()).collect();
        let others = [
            "at",
            "for",
            "on",
            "after",
            "connects",
            "to",
            "port",
            "3",
            "5m",
            "\"",
            "\\",
            "'x'",
            "-",
            "-_",
            "心",
            "99999999999999999999s",
        ];
        let mut words = String::new();
        for _ in 0..self.below(9) {
            let word = match self.below(3) {
                0 => known[self.below(known.len() as u64) as usize].as_str(),
                _ => others[self.below(others.len() as u64) as usize],
            };
            words.push_str(word);
            if self.below(4) > 0 {
                words.push(' ');
            }
        }
        words
    }
}

#[test]
fn random_faults_print_words_that_read_back_as_the_same_value() {
    let mut dice = Dice(7);
    for _ in 0..20_000 {
        let fault = dice.fault();
        assert_eq!(fault.check(), Ok(()), "{fault}");
        assert_eq!(Fault::parse(&fault.to_string()), Ok(fault.clone()), "{fault}");
    }
}

#[test]
fn random_words_never_panic() {
    let mut dice = Dice(11);
    for _ in 0..20_000 {
        let bytes = dice.bytes();
        for words in [dice.words(), String::from_utf8_lossy(&bytes).into_owned()] {
            match Fault::parse(&words) {
                Ok(fault) => assert_eq!(Fault::parse(&fault.to_string()), Ok(fault), "{words}"),
                Err(error) => {
                    assert!(error.column <= words.chars().count() + 1, "{words}");
                    assert!(words.contains(&error.value), "{words}: {error}");
                    assert!(!error.to_string().is_empty() && !error.hint().zh.is_empty());
                }
            }
        }
    }
}
