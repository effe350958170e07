//! A rule for a server: on which cue it does what. As an expectation it is settled by the next word of
//! the test; then the server follows it.

use super::trial::{Halt, Trial, instant};
use crate::report::Problem;
use holdline_peer::{Cue, Ending, Rule};
use std::time::Duration;

/// A rule that is not settled yet.
#[derive(Clone, Debug)]
pub(super) struct Ruling {
    /// The line in which it begins.
    line: u32,
    server: usize,
    cue: Cue,
    pub(super) after: Option<Duration>,
    pub(super) split: Option<usize>,
    pub(super) reply: Option<Vec<u8>>,
    pub(super) ending: Option<Ending>,
}

impl Ruling {
    /// The rule that it comes to; none, if it does nothing.
    fn rule(self) -> Option<Rule> {
        if self.reply.is_none() && self.ending.is_none() {
            return None;
        }
        let rule = Rule::on(self.cue).after(self.after.unwrap_or_default());
        let rule = rule.say(self.reply.unwrap_or_default());
        let rule = self.split.into_iter().fold(rule, Rule::split);
        Some(match self.ending {
            Some(Ending::Close) => rule.close(),
            Some(Ending::Reset) => rule.reset(),
            None => rule,
        })
    }
}

impl Trial {
    /// Begins a rule; returns by which number its words know it.
    pub(super) fn rule(&mut self, server: usize, cue: Cue) -> u32 {
        let line = self.line();
        let (after, split, reply, ending) = (None, None, None, None);
        self.ruling = Some(Ruling { line, server, cue, after, split, reply, ending });
        self.ruled
    }

    /// The rule of this number, unless it is settled.
    pub(super) fn ruling(&mut self, number: u32) -> Result<&mut Ruling, Problem> {
        let lang = self.lang;
        let standing = self.ruling.as_mut().filter(|_| self.ruled == number);
        standing.ok_or_else(|| lang.rule_is_settled())
    }

    /// Settles the rule that was spoken last, if there is one: its server follows it from now on.
    pub(super) fn settle_rule(&mut self) -> Result<(), Halt> {
        let Some(ruling) = self.ruling.take() else { return Ok(()) };
        self.ruled += 1;
        let (line, server, is_split) = (ruling.line, ruling.server, ruling.split.is_some());
        let says = ruling.reply.is_some();
        let problem = match ruling.rule() {
            None => self.lang.rule_does_nothing(),
            Some(_) if is_split && !says => self.lang.nothing_to_split(),
            Some(rule) => {
                let now = instant(self.now());
                self.server(server).add_rule(now, rule);
                return Ok(());
            }
        };
        self.stand_at(line);
        Err(problem.into())
    }
}
