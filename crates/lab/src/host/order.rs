//! What people and programs order the ports to do.

use super::Host;
use crate::row::PortId;
use holdline_peer::fault::Fault;
use holdline_peer::{Act, Conn, Ending, Input, Manner};
use mio::Waker;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::oneshot;

/// An order to the ports.
pub(crate) enum Order {
    /// Sends bytes on connections; answers on how many that are open.
    Send(Vec<u64>, Vec<u8>, Answer<usize>),
    /// Ends connections; answers how many that were open.
    End(Vec<u64>, Ending, Answer<usize>),
    /// Commits a fault at a port.
    Inject(PortId, Fault),
    /// Treats devices in another manner from here on.
    Behave(PortId, Manner),
    /// Looks once more at what could not be read for want of room.
    GoOn,
    Stop,
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

    /// Sends bytes on connections; says on how many that are open.
    pub(crate) async fn send(&self, conns: Vec<u64>, bytes: Vec<u8>) -> Result<usize, Refusal> {
        let (answer, count) = oneshot::channel();
        self.give(Order::Send(conns, bytes, answer))?;
        count.await.map_err(|_| Refusal)
    }

    /// Ends connections; says how many that were open.
    pub(crate) async fn end(&self, conns: Vec<u64>, ending: Ending) -> Result<usize, Refusal> {
        let (answer, count) = oneshot::channel();
        self.give(Order::End(conns, ending, answer))?;
        count.await.map_err(|_| Refusal)
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
            Order::Inject(port, fault) => {
                self.ports[port.0].peer.inject(now, fault);
                self.tell(port, Input::Timeout);
            }
            Order::Behave(port, manner) => {
                self.ports[port.0].peer.behave(manner);
                self.tell(port, Input::Timeout);
            }
            Order::GoOn => {}
            Order::Stop => self.is_stopping = true,
        }
    }

    /// Lets the peers do something on those of the connections that are open; says how many.
    fn act(&mut self, conns: &[u64], act: impl Fn(u64) -> Act) -> usize {
        let now = self.clock.now();
        let mut count = 0;
        for &conn in conns {
            let Some(stream) = self.conns.get(&conn) else { continue };
            let port = stream.port;
            self.ports[port.0].peer.plan(now, act(conn));
            self.tell(port, Input::Timeout);
            count += 1;
        }
        count
    }
}
