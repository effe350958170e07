//! A device that runs beside the lab, in the same process, and is shown on the same page.
//!
//! The lab knows nothing of devices: it asks whoever runs one, and shows what that answers. Nothing is
//! made ready while nobody looks.

use crate::words::FaultRefusal;
use holdline_peer::fault::{Sentences, Word};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// Questions that wait for an answer, at most.
const QUESTIONS_MAX: usize = 64;

/// The lab's side of a device beside it.
#[derive(Clone)]
pub struct Beside {
    questions: SyncSender<Question>,
    wake: Arc<Mutex<dyn Fn() + Send>>,
    /// What can be made to befall the device with a button each.
    pub(crate) faults: Arc<[&'static Word]>,
}

/// The side of whoever runs the device.
#[derive(Debug)]
pub struct Questions(Receiver<Question>);

/// What somebody wants to know of the device, or to happen to it.
#[derive(Debug)]
pub enum Question {
    /// How is it?
    View(Answer<View>),
    /// Which lines of its console came after this one?
    Console {
        /// The number of the last line that is known; 0, or one that there never was, is before the first.
        after: u64,
        /// Where the answer goes: the lines in their order, as far as they are kept.
        answer: Answer<Vec<Line>>,
    },
    /// Let this befall it.
    Fault {
        /// In the words of docs/faults.md.
        words: String,
        /// Where the answer goes: the words as they were understood, or why it cannot be.
        answer: Answer<Result<String, FaultRefusal>>,
    },
    /// Take all that befalls it back.
    Lift(Answer<()>),
}

/// Where an answer goes; dropped, it says that there is none.
#[derive(Debug)]
pub struct Answer<T>(oneshot::Sender<T>);

/// How a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// In the order in which they are shown.
    pub sections: Vec<Section>,
}

/// A part of a view, such as the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What programs know it by; never changes.
    pub key: &'static str,
    /// What it is called.
    pub title: Sentences,
    /// What there is to tell.
    pub items: Vec<Item>,
}

/// One thing that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub name: Sentences,
    /// How it is.
    pub value: Sentences,
}

/// A line of the device's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from 1 over restarts of the device.
    pub seq: u64,
    /// When it came, as the device's runner tells time.
    pub time: String,
    /// Who said it: `script`, a serial port, or whoever runs the device.
    pub source: String,
    /// What. Any text.
    pub text: String,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// As many as may wait already.
    Busy,
    /// The device runs no more.
    Gone,
}

/// Both sides of a device beside a lab: `faults` are those with a button, and `wake` is called when there
/// is a question.
pub fn beside(
    faults: impl IntoIterator<Item = &'static Word>,
    wake: impl Fn() + Send + 'static,
) -> (Beside, Questions) {
    let (questions, asked) = sync_channel(QUESTIONS_MAX);
    let faults = faults.into_iter().collect();
    (Beside { questions, wake: Arc::new(Mutex::new(wake)), faults }, Questions(asked))
}

impl Questions {
    /// The oldest that waits.
    pub fn next_waiting(&self) -> Option<Question> {
        self.0.try_recv().ok()
    }
}

impl<T> Answer<T> {
    /// Gives it to whoever asked, if somebody still wants it.
    pub fn give(self, answer: T) {
        let _ = self.0.send(answer);
    }
}

impl Beside {
    /// Asks, and waits for the answer.
    pub(crate) async fn ask<T>(
        &self,
        question: impl FnOnce(Answer<T>) -> Question,
    ) -> Result<T, Unanswered> {
        let (answer, answered) = oneshot::channel();
        self.questions.try_send(question(Answer(answer))).map_err(|error| match error {
            TrySendError::Full(_) => Unanswered::Busy,
            TrySendError::Disconnected(_) => Unanswered::Gone,
        })?;
        {
            let wake = self.wake.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            wake();
        }
        answered.await.map_err(|_| Unanswered::Gone)
    }
}
