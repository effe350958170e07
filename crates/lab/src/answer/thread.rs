//! The thread of an answerer.

use super::ear::{Ear, cost};
use super::{Answerer, Answers, Heard, Said, Shown, Standing, standing};
use crate::row::{Clock, Event};
use holdline_peer::{Act, Ending};
use mio::Waker;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Orders that wait for the ports; with more, the answerer waits.
const ORDERS_MAX: usize = 1024;

/// Lines that an answerer may show in a second; more are left out, and counted.
const LINES_PER_SECOND_MAX: u64 = 200;

const SECOND: Duration = Duration::from_secs(1);

/// What an answerer is asked.
pub(crate) enum Asked {
    Heard(Heard),
    /// To begin anew; answers how that went.
    Reload(oneshot::Sender<Standing>),
}

/// What an answerer orders, for the ports to do.
pub(crate) enum Uttered {
    Act(Act),
    Note(Event),
}

/// What the ports hear of an answerer.
pub(crate) type Voice = Receiver<Uttered>;

/// An answerer that is not begun yet.
pub(crate) struct Answering {
    answers: Arc<dyn Answers>,
    asked: Receiver<Asked>,
    asks: Sender<Asked>,
    waiting_bytes: Arc<AtomicUsize>,
    orders: SyncSender<Uttered>,
    waker: Arc<Waker>,
    shown: Shown,
}

/// The ports are closed.
struct Gone;

impl Answering {
    /// What tells it and what hears of it, for the ports, which are woken by `waker`.
    pub(crate) fn new(answers: Arc<dyn Answers>, waker: Arc<Waker>) -> (Self, Ear, Voice) {
        let (asks, asked) = channel();
        let (orders, voice) = sync_channel(ORDERS_MAX);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let ear = Ear::new(asks.clone(), Arc::clone(&waiting_bytes));
        let shown = Shown::default();
        (Self { answers, asked, asks, waiting_bytes, orders, waker, shown }, ear, voice)
    }

    /// Where it can be asked to begin anew.
    pub(crate) fn asks(&self) -> Sender<Asked> {
        self.asks.clone()
    }

    /// How it is with it.
    pub(crate) fn shown(&self) -> Shown {
        Arc::clone(&self.shown)
    }

    /// Answers until the ports are closed.
    pub(crate) fn run(self) {
        let Self { answers, asked, asks, waiting_bytes, orders, waker, shown } = self;
        // Who is left to ask decides when nobody does any more.
        drop(asks);
        let clock = Clock::start();
        let answerer = answers.begin();
        let mouth = Mouth { orders, waker, shown, second: Duration::ZERO, lines: 0 };
        // The ports are closed, so nobody waits for more.
        let _ = Turns { answerer, clock, mouth }.take_all(&asked, &waiting_bytes);
    }
}

/// An answerer and what it can reach.
struct Turns {
    answerer: Box<dyn Answerer>,
    clock: Clock,
    mouth: Mouth,
}

impl Turns {
    fn take_all(mut self, asked: &Receiver<Asked>, waiting: &AtomicUsize) -> Result<(), Gone> {
        let mut deadline = self.drain()?;
        loop {
            let due = deadline.into_iter().chain(self.mouth.due()).min();
            let next = match due {
                Some(at) => asked.recv_timeout(at.saturating_sub(self.clock.now())),
                None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            deadline = match next {
                Ok(Asked::Heard(heard)) => {
                    waiting.fetch_sub(cost(&heard), Ordering::Relaxed);
                    self.take(heard)?
                }
                Ok(Asked::Reload(answer)) => {
                    let deadline = self.take(Heard::Reload)?;
                    // Whoever asked may have gone.
                    let _ = answer.send(standing(&self.mouth.shown));
                    deadline
                }
                Err(RecvTimeoutError::Timeout) => self.take(Heard::Timeout)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
        }
    }

    fn take(&mut self, heard: Heard) -> Result<Option<Duration>, Gone> {
        self.answerer.handle_input(self.clock.now(), heard);
        self.drain()
    }

    /// Passes on what was said, and gives the deadline.
    fn drain(&mut self) -> Result<Option<Duration>, Gone> {
        self.mouth.breathe(self.clock.now())?;
        let deadline = loop {
            let said = self.answerer.poll_output();
            if let Said::Idle(deadline) = said {
                break deadline;
            }
            self.mouth.pass_on(&self.clock, said)?;
        };
        // Ports that are closed need no waking.
        let _ = self.mouth.waker.wake();
        Ok(deadline)
    }
}

/// Where an answerer speaks.
struct Mouth {
    orders: SyncSender<Uttered>,
    waker: Arc<Waker>,
    shown: Shown,
    /// When the second began in which lines are counted, and how many there were.
    second: Duration,
    lines: u64,
}

impl Mouth {
    fn pass_on(&mut self, clock: &Clock, said: Said) -> Result<(), Gone> {
        match said {
            Said::Send { conn, bytes } => self.utter(Uttered::Act(Act::Send(conn, bytes))),
            Said::Close { conn } => self.utter(Uttered::Act(Act::End(conn, Ending::Close))),
            Said::Reset { conn } => self.utter(Uttered::Act(Act::End(conn, Ending::Reset))),
            Said::Line(line) => self.line(Event::ScriptSaid(line)),
            Said::Loaded => {
                self.show(|standing| standing.error = None);
                self.began(clock)
            }
            Said::Recovered => self.began(clock),
            Said::Failed(error) => {
                self.show(|standing| standing.error = Some(error.clone()));
                self.line(Event::ScriptFailed(error))
            }
            Said::Stuck(place) => {
                self.show(|standing| standing.error = Some(place.clone()));
                self.utter(Uttered::Note(Event::ScriptStuck(place)))
            }
            Said::Ended => {
                self.show(|standing| standing.since = None);
                Ok(())
            }
            Said::Idle(_) => Ok(()),
        }
    }

    fn began(&mut self, clock: &Clock) -> Result<(), Gone> {
        self.show(|standing| standing.since = Some(clock.unix(clock.now())));
        self.utter(Uttered::Note(Event::ScriptBegan))
    }

    fn show(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Shows a line, unless there were many in this second.
    fn line(&mut self, event: Event) -> Result<(), Gone> {
        self.lines += 1;
        if self.lines > LINES_PER_SECOND_MAX {
            return Ok(());
        }
        self.utter(Uttered::Note(event))
    }

    /// A second that is over is told of, if lines were left out in it.
    fn breathe(&mut self, now: Duration) -> Result<(), Gone> {
        if now < self.second + SECOND {
            return Ok(());
        }
        self.second = now;
        match std::mem::take(&mut self.lines).checked_sub(LINES_PER_SECOND_MAX) {
            None | Some(0) => Ok(()),
            Some(more) => self.utter(Uttered::Note(Event::ScriptTooLoud(more))),
        }
    }

    /// When lines that were left out are to be told of.
    fn due(&self) -> Option<Duration> {
        (self.lines > LINES_PER_SECOND_MAX).then_some(self.second + SECOND)
    }

    /// Waits while the ports are behind.
    fn utter(&self, uttered: Uttered) -> Result<(), Gone> {
        let full = match self.orders.try_send(uttered) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let std::sync::mpsc::TrySendError::Full(uttered) = full else { return Err(Gone) };
        // The ports may not know yet that there is something.
        let _ = self.waker.wake();
        self.orders.send(uttered).map_err(|_| Gone)
    }
}
