//! The desk between a running device and the lab beside it: people at the lab's page ask, and the
//! device's own thread answers between two turns.

mod known;
mod view;

use crate::console::Console;
use crate::driver::{FAULTS_MAX, News, Sight, Stopper};
use crate::words::Lang;
use holdline_device::{Input, Output, Profile};
use holdline_lab::{Beside, FaultRefusal, Happened, Question, Questions, beside};
use holdline_modem::{Instant, UartId};
use holdline_peer::fault::{Fault, WORDS, Who};
use std::sync::mpsc::{Receiver, Sender, channel};

pub(crate) use known::{Line, Port, State};
pub(crate) use view::amount;

use known::Known;

/// Answers for one device.
pub(crate) struct Desk {
    questions: Questions,
    /// What the lab has to say.
    happenings: Receiver<Happened>,
    known: Known,
}

/// A desk that is told of by `stopper`'s loop, the lab's side of it, and where the lab's news go.
pub(crate) fn open(profile: Profile, stopper: &Stopper) -> (Desk, Beside, Sender<Happened>) {
    let buttons = WORDS.iter().filter(|word| word.who == Who::Module);
    let waker = stopper.clone();
    let (beside, questions) = beside(buttons, move || waker.wake());
    let (tell, happenings) = channel();
    (Desk { questions, happenings, known: Known::new(profile) }, beside, tell)
}

impl Desk {
    pub(crate) fn fact(&mut self, now: Instant, fact: &Input, console: &mut Console) {
        if let Some((port, text)) = self.known.fact(fact)
            && let Some(log) = console.log()
        {
            log.add(now, &source(port, "<-"), &text);
        }
    }

    pub(crate) fn order(&mut self, now: Instant, order: &Output, console: &mut Console) {
        if let Some((port, text)) = self.known.order(now, order, console)
            && let Some(log) = console.log()
        {
            log.add(now, &source(port, "->"), &text);
        }
    }

    pub(crate) fn serial(&mut self, port: UartId, news: &News) {
        self.known.serial(port, news);
    }

    /// Tells what the lab has to say, and answers what waits; says whether something is to befall the
    /// device.
    pub(crate) fn look(&mut self, now: Instant, sight: Sight<'_>, console: &mut Console) -> bool {
        let mut befalls = false;
        while let Ok(happened) = self.happenings.try_recv() {
            console.happened(now, &happened);
        }
        while let Some(question) = self.questions.next_waiting() {
            match question {
                Question::View(answer) => {
                    answer.give(view::of(&self.known, now, sight.device, sight.faults))
                }
                Question::Console { after, answer } => {
                    answer.give(console.log().map(|log| log.after(after)).unwrap_or_default());
                }
                Question::Fault { words, answer } => {
                    let fault = Fault::parse(&words).map_err(FaultRefusal::from);
                    let taken = fault.and_then(|fault| {
                        let words = fault.to_string();
                        if sight.faults.add(fault) { Ok(words) } else { Err(crowded()) }
                    });
                    befalls |= taken.is_ok();
                    answer.give(taken);
                }
                Question::Lift(answer) => {
                    sight.faults.lift();
                    befalls = true;
                    answer.give(());
                }
            }
        }
        befalls
    }
}

fn source(port: UartId, way: &str) -> String {
    format!("{port} {way}")
}

fn crowded() -> FaultRefusal {
    FaultRefusal {
        what: Lang::both(|lang| lang.faults_are_many(FAULTS_MAX)),
        hint: Lang::both(|lang| lang.faults_can_be_lifted().to_owned()),
    }
}
