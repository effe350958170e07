//! An expectation: what is looked at, what must hold of it, and when. It is settled by the next word
//! of the test, so that words that narrow it may follow.

use super::judge::{self, Assertion, Got, State, Window};
use super::observation::{Observation, Sightings, Wanted};
use super::story::{Failure, What};
use super::trial::{Halt, Trial};
use crate::report::Problem;
use std::time::Duration;

/// Other things that happened which a failure tells.
const INSTEAD_MAX: usize = 3;

/// An expectation that is not settled yet.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// The lines in which it stands.
    pub(super) first_line: u32,
    pub(super) last_line: u32,
    pub(super) of: Observation,
    pub(super) assertions: Vec<Assertion>,
    pub(super) since: Option<Duration>,
    pub(super) before: Option<Duration>,
    pub(super) give_or_take: Option<Duration>,
}

impl Expectation {
    pub(super) fn new(line: u32, of: Observation) -> Self {
        let (assertions, since, before, give_or_take) = (Vec::new(), None, None, None);
        Self { first_line: line, last_line: line, of, assertions, since, before, give_or_take }
    }

    /// From when on it counts.
    pub(crate) fn since(&self) -> Option<Duration> {
        self.since
    }

    /// Up to when it counts.
    pub(crate) fn before(&self) -> Option<Duration> {
        self.before
    }

    fn window(&self, now: Duration) -> Window {
        let (from, to) = (self.since.unwrap_or_default(), self.before.unwrap_or(now));
        Window { from, to, is_open_ended: self.before.is_none() }
    }

    fn is_narrowed(&self) -> bool {
        self.since.is_some() || self.before.is_some()
    }
}

impl Trial {
    /// Begins an expectation; returns by which number its words know it.
    pub(super) fn expect(&mut self, of: Observation) -> Result<u32, Halt> {
        self.settle()?;
        self.expecting = Some(Expectation::new(self.line(), of));
        Ok(self.settled)
    }

    /// Settles what was spoken last: a rule or an expectation, if there is one.
    pub(super) fn settle(&mut self) -> Result<(), Halt> {
        self.settle_rule()?;
        let Some(expectation) = self.expecting.take() else { return Ok(()) };
        self.settled += 1;
        let words = self.words(expectation.first_line, expectation.last_line);
        if let Err(problem) = self.check(&expectation) {
            self.stand_at(expectation.first_line);
            return Err(problem.into());
        }
        let failure = self.judge(&expectation, &words);
        self.note(0, What::Expected { words, held: failure.is_none() });
        failure.map_or(Ok(()), |failure| Err(Halt::Failed(Box::new(failure))))
    }

    /// Lets time pass until something has happened `count` times since the world's start; where that
    /// takes longer than `longest`, the test has failed.
    pub(super) fn wait_for(
        &mut self,
        of: Observation,
        count: u64,
        longest: Duration,
    ) -> Result<(), Halt> {
        let end = self.now() + longest;
        let mut seen = Sightings::default();
        while of.count_on(self, &mut seen) < count {
            if self.now() >= end {
                let line = self.line();
                let assertions = vec![Assertion::AtLeast(count)];
                let unmet = Expectation { assertions, ..Expectation::new(line, of) };
                let words = self.words(line, line);
                return self
                    .judge(&unmet, &words)
                    .map_or(Ok(()), |why| Err(Halt::Failed(Box::new(why))));
            }
            self.step(end)?;
        }
        Ok(())
    }

    /// Finds why an expectation proves nothing, whatever happened.
    fn check(&mut self, expectation: &Expectation) -> Result<(), Problem> {
        let (lang, now) = (self.lang, self.now());
        let (of, window) = (&expectation.of, expectation.window(now));
        if expectation.assertions.is_empty() {
            return Err(lang.nothing_asserted());
        }
        if now == Duration::ZERO {
            return Err(lang.no_time_has_passed());
        }
        if expectation.is_narrowed() && (window.from >= window.to || window.to > now) {
            return Err(lang.empty_window(window, now));
        }
        if expectation.is_narrowed() && !of.has_times() {
            return Err(lang.state_has_no_times());
        }
        for assertion in &expectation.assertions {
            self.check_assertion(of, assertion, window, expectation.give_or_take)?;
        }
        let is_every = |assertion: &Assertion| matches!(assertion, Assertion::Every { .. });
        if expectation.give_or_take.is_some() && !expectation.assertions.iter().any(is_every) {
            return Err(lang.nothing_to_give_or_take());
        }
        Ok(())
    }

    fn check_assertion(
        &mut self,
        of: &Observation,
        assertion: &Assertion,
        window: Window,
        slack: Option<Duration>,
    ) -> Result<(), Problem> {
        let lang = self.lang;
        let is_text = matches!(of, Observation::Heard { wanted: Wanted::All, .. });
        match assertion {
            Assertion::AtLeast(0) => Err(lang.at_least_none()),
            Assertion::AtLeast(_) | Assertion::AtMost(_) | Assertion::Exactly(_) => {
                let counts = of.has_times()
                    || matches!(of, Observation::Connections { .. } | Observation::Sockets { .. });
                if !counts {
                    return Err(lang.cannot_be_counted());
                }
                if let Assertion::AtMost(most) | Assertion::Exactly(most) = assertion {
                    self.check_sockets(of, *most)?;
                }
                let may_be_none = matches!(assertion, Assertion::AtMost(_) | Assertion::Exactly(0));
                if may_be_none { self.check_possible(of) } else { Ok(()) }
            }
            Assertion::Every { .. } if !of.has_times() => Err(lang.state_has_no_times()),
            Assertion::Every { period } => {
                let slack = judge::slack_of(*period, slack);
                let is_long = window.len() > *period + slack;
                if is_long { Ok(()) } else { Err(lang.window_too_short(window, *period)) }
            }
            Assertion::Equals(_) | Assertion::Contains(_) if of.has_times() && !is_text => {
                Err(lang.happens_and_does_not_stand())
            }
            Assertion::Contains(part) if part.is_empty() => Err(lang.contains_nothing()),
            Assertion::Equals(state) => self.check_state(of, state),
            Assertion::Contains(_) if !is_text && !matches!(of, Observation::Flash { .. }) => {
                Err(lang.contains_no_text())
            }
            Assertion::Contains(_) => Ok(()),
            Assertion::IsMissing if matches!(of, Observation::Flash { .. }) => Ok(()),
            Assertion::IsMissing => Err(lang.only_files_are_missing()),
        }
    }

    /// What stands can only equal what is of its kind, and none only where there can be some.
    fn check_state(&self, of: &Observation, state: &State) -> Result<(), Problem> {
        match (of, state) {
            (Observation::Connections { .. }, State::Number(0)) => self.check_possible(of),
            (Observation::Heard { .. }, State::Bytes(bytes)) if bytes.is_empty() => {
                self.check_possible(of)
            }
            (Observation::Connections { .. } | Observation::Sockets { .. }, State::Number(_))
            | (Observation::IsOnline { .. }, State::Flag(_))
            | (Observation::Flash { .. } | Observation::Heard { .. }, State::Bytes(_)) => Ok(()),
            (Observation::Connections { .. } | Observation::Sockets { .. }, _) => {
                Err(self.lang.equals_a_number())
            }
            (Observation::IsOnline { .. }, _) => Err(self.lang.equals_a_flag()),
            _ => Err(self.lang.equals_a_text()),
        }
    }

    /// A script can never have more sockets than its module.
    fn check_sockets(&mut self, of: &Observation, most: u64) -> Result<(), Problem> {
        let Observation::Sockets { device } = of else { return Ok(()) };
        let profile = self.sim().device_mut(*device).modem().profile();
        let all = u64::from(profile.sockets_max) + u64::from(profile.tls_sockets_max);
        if most < all { Ok(()) } else { Err(self.lang.never_so_many_sockets(all)) }
    }

    /// Where nothing can come from, nothing comes, whatever the script does.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is of the device's own doing")]
    fn check_possible(&self, of: &Observation) -> Result<(), Problem> {
        match *of {
            Observation::Received { server, .. }
            | Observation::Connects { server }
            | Observation::Connections { server } => self.check_dialled(server),
            Observation::Heard { device, port, .. } if !self.has_opened(device, port) => {
                Err(self.lang.never_opened(port))
            }
            _ => Ok(()),
        }
    }

    /// A server that nobody dialled receives nothing.
    fn check_dialled(&self, server: usize) -> Result<(), Problem> {
        let address = self.address(server);
        let is_dial =
            |what: &What| matches!(what, What::Dialled { to, .. } if address.is_dialled_by(to));
        if self.rows().iter().any(|row| is_dial(&row.what)) {
            return Ok(());
        }
        let mut problem = self.lang.nobody_dialled(address.host.as_deref(), address.port);
        if let Some(place) = self.dialled_in_vain().first() {
            problem.hint = Some(self.lang.dialled_in_vain(place));
        }
        Err(problem)
    }

    /// What an expectation that can be settled has to say against what happened.
    fn judge(&mut self, expectation: &Expectation, words: &str) -> Option<Failure> {
        let window = expectation.window(self.now());
        let times = expectation.of.times(self, window);
        let state = expectation.of.state(self, window);
        let (assertions, slack) = (expectation.assertions.iter(), expectation.give_or_take);
        let unmet = assertions
            .map(|assertion| (assertion, judged(assertion, &times, state.as_ref(), window, slack)));
        let (assertion, got) =
            unmet.into_iter().find_map(|(assertion, end)| Some((assertion, end.err()?)))?;
        let expected = self.lang.expected(assertion, expectation);
        Some(Failure {
            line: expectation.first_line,
            words: words.to_owned(),
            expected,
            got: self.lang.got(&got, expectation.of.noun()),
            at: self.now(),
            around: got.moments(),
            hint: self.explain(expectation, &got, window),
        })
    }

    /// What may be behind it: what happened in place of what was wanted, or where nobody answered.
    fn explain(&self, expectation: &Expectation, got: &Got, window: Window) -> Option<String> {
        let instead = match got {
            Got::Count { count: 0, .. } | Got::LongGap { count: 0, .. } => {
                expectation.of.instead(self, window)
            }
            Got::Count { .. } | Got::LongGap { .. } | Got::ShortGap { .. } | Got::State(_) => {
                Vec::new()
            }
        };
        let vain = self.dialled_in_vain();
        match (instead.is_empty(), vain.first()) {
            (false, _) => Some(self.lang.happened_instead(&instead, INSTEAD_MAX)),
            (true, Some(place)) => Some(self.lang.dialled_in_vain(place)),
            (true, None) => None,
        }
    }
}

fn judged(
    assertion: &Assertion,
    times: &[Duration],
    state: Option<&State>,
    window: Window,
    slack: Option<Duration>,
) -> Result<(), Got> {
    let is_about_state =
        matches!(assertion, Assertion::Equals(_) | Assertion::Contains(_) | Assertion::IsMissing);
    // What a serial port heard is a text, and also came at times.
    match state.filter(|state| is_about_state || !matches!(state, State::Bytes(_))) {
        Some(state) => judge::of_state(assertion, state),
        None => judge::of_times(assertion, times, window, slack),
    }
}
