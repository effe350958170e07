//! What people and programs order the ports to do.

use super::Host;
use super::port::Port;
use crate::row::{Event, PortId, UnixMicros};
use crate::words::MannerWords;
use holdline_peer::fault::Fault;
use holdline_peer::{Act, Conn, Ending, Input, Manner, Tally};
use mio::Waker;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::oneshot;

/// An order to the ports.
pub(crate) enum Order {
    /// Sends bytes on connections; answers on how many that are open.
    Send(Vec<u64>, Vec<u8>, Answer<usize>),
    /// Ends connections; answers how many that were open.
    End(Vec<u64>, Ending, Answer<usize>),
    /// Commits a fault at a port; answers whether there was room for one more.
    Inject(PortId, Fault, Answer<bool>),
    /// Takes a port's faults back.
    Lift(PortId, Answer<()>),
    /// Answers what came and went at each port, in the order of the configuration.
    Count(Answer<Vec<Counted>>),
    /// Answers what faults a port has.
    Faults(PortId, Answer<Faults>),
    /// Treats devices in another manner from here on; the text is the same in JSON.
    Behave(PortId, Manner, String),
    /// Looks once more at what could not be read for want of room.
    GoOn,
    Stop,
}

/// Faults that wait or stand at a port, at most.
pub(crate) const FAULTS_MAX: usize = 256;

/// What came and went at a port since the lab was started.
pub(crate) struct Counted {
    pub(crate) tally: Tally,
    /// Connections that are open.
    pub(crate) open: usize,
}

/// The faults of a port.
pub(crate) struct Faults {
    /// Those that wait for their time or their occasion.
    pub(crate) waiting: Vec<String>,
    /// Those that struck, the oldest first.
    pub(crate) struck: Vec<Struck>,
}

/// A fault that struck.
pub(crate) struct Struck {
    pub(crate) words: String,
    pub(crate) began: UnixMicros,
    /// None while it stands.
    pub(crate) ended: Option<UnixMicros>,
}

pub(crate) type Answer<T> = oneshot::Sender<T>;

/// Where orders are given: cheap to copy.
#[derive(Clone)]
pub(crate) struct Orders {
    sender: Sender<Order>,
    waker: Arc<Waker>,
}

/// The ports are closed: the lab stops.
#[derive(Debug, thiserror::Error)]
#[error("the lab is stopping")]
pub(crate) struct Refusal;

impl Orders {
    pub(super) fn new(sender: Sender<Order>, waker: Arc<Waker>) -> Self {
        Self { sender, waker }
    }

    pub(crate) fn give(&self, order: Order) -> Result<(), Refusal> {
        self.sender.send(order).map_err(|_| Refusal)?;
        self.waker.wake().map_err(|_| Refusal)
    }

    async fn ask<T>(&self, order: impl FnOnce(Answer<T>) -> Order) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.give(order(answer))?;
        answered.await.map_err(|_| Refusal)
    }

    /// Sends bytes on connections; says on how many that are open.
    pub(crate) async fn send(&self, conns: Vec<u64>, bytes: Vec<u8>) -> Result<usize, Refusal> {
        self.ask(|answer| Order::Send(conns, bytes, answer)).await
    }

    /// Ends connections; says how many that were open.
    pub(crate) async fn end(&self, conns: Vec<u64>, ending: Ending) -> Result<usize, Refusal> {
        self.ask(|answer| Order::End(conns, ending, answer)).await
    }

    /// Commits a fault at a port; says whether there was room for one more.
    pub(crate) async fn inject(&self, port: PortId, fault: Fault) -> Result<bool, Refusal> {
        self.ask(|answer| Order::Inject(port, fault, answer)).await
    }

    /// Takes a port's faults back.
    pub(crate) async fn lift(&self, port: PortId) -> Result<(), Refusal> {
        self.ask(|answer| Order::Lift(port, answer)).await
    }

    /// What came and went at each port, in the order of the configuration.
    pub(crate) async fn count(&self) -> Result<Vec<Counted>, Refusal> {
        self.ask(Order::Count).await
    }

    pub(crate) async fn faults(&self, port: PortId) -> Result<Faults, Refusal> {
        self.ask(|answer| Order::Faults(port, answer)).await
    }

    /// Has a port treat devices in another manner, which the words say.
    pub(crate) fn behave(
        &self,
        port: PortId,
        manner: Manner,
        words: &MannerWords,
    ) -> Result<(), Refusal> {
        self.give(Order::Behave(port, manner, words.json()))
    }
}

impl Host {
    pub(super) fn carry_out_orders(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            self.carry_out(order);
        }
    }

    fn carry_out(&mut self, order: Order) {
        let now = self.clock.now();
        match order {
            Order::Send(conns, bytes, answer) => {
                let act = |conn| Act::Send(Conn(conn), bytes.clone());
                // Whoever asked may have gone; the bytes go nevertheless.
                let _ = answer.send(self.act(&conns, act));
            }
            Order::End(conns, ending, answer) => {
                let _ = answer.send(self.act(&conns, |conn| Act::End(Conn(conn), ending)));
            }
            Order::Inject(port, fault, answer) => {
                let _ = answer.send(self.inject(port, now, fault));
            }
            Order::Lift(port, answer) => {
                self.ports[port.0].peer.lift_faults(now);
                self.tell(port, Input::Timeout);
                let _ = answer.send(());
            }
            Order::Count(answer) => drop(answer.send(self.count())),
            Order::Faults(port, answer) => drop(answer.send(self.faults(port))),
            Order::Behave(port, manner, words) => {
                self.ports[port.0].peer.behave(manner);
                self.note(port, 0, Event::MannerChanged(words));
                self.tell(port, Input::Timeout);
            }
            Order::GoOn => self.accept_waiting(),
            Order::Stop => self.is_stopping = true,
        }
    }

    fn inject(&mut self, port: PortId, now: Duration, fault: Fault) -> bool {
        let peer = &mut self.ports[port.0].peer;
        if peer.fault_count() >= FAULTS_MAX {
            return false;
        }
        peer.inject(now, fault);
        self.tell(port, Input::Timeout);
        true
    }

    fn count(&self) -> Vec<Counted> {
        let tally = |port: &Port| Counted { tally: port.peer.tally(), open: 0 };
        let mut counted: Vec<_> = self.ports.iter().map(tally).collect();
        self.conns.values().for_each(|stream| counted[stream.port.0].open += 1);
        counted
    }

    fn faults(&self, port: PortId) -> Faults {
        let peer = &self.ports[port.0].peer;
        let struck = peer.spells().map(|spell| Struck {
            words: spell.fault.to_string(),
            began: self.clock.unix(spell.began),
            ended: spell.ended.map(|at| self.clock.unix(at)),
        });
        let waiting = peer.waiting_faults().map(Fault::to_string);
        Faults { waiting: waiting.collect(), struck: struck.collect() }
    }

    /// Lets the peers do something on those of the connections that are open; says how many.
    fn act(&mut self, conns: &[u64], act: impl Fn(u64) -> Act) -> usize {
        let now = self.clock.now();
        let mut count = 0;
        for &conn in conns {
            let Some(stream) = self.conns.get(&conn).filter(|stream| stream.is_open()) else {
                continue;
            };
            let port = stream.port;
            self.ports[port.0].peer.plan(now, act(conn));
            self.tell(port, Input::Timeout);
            count += 1;
        }
        count
    }
}
