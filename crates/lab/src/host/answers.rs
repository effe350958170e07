//! What ports have to do with those who answer for them.

use super::Host;
use super::stream::Kind;
use crate::answer::{Answering, Ear, Heard, Uttered, Voice};
use crate::config::PortConfig;
use crate::row::{Event, PortId};
use holdline_peer::{Act, Conn, Input, What};
use mio::Waker;
use std::sync::Arc;
use std::sync::mpsc::TryRecvError;

/// Orders that a port takes from its answerer at a time: then others have their turn.
const ORDERS_PER_TURN: usize = 64;

/// Who answers for a port.
pub(super) struct Helper {
    ear: Ear,
    voice: Voice,
    /// Whether there may be more to hear of it.
    has_more: bool,
}

impl Host {
    /// Gives each port who answers for it.
    pub(super) fn find_help(
        &mut self,
        ports: &[PortConfig],
        waker: &Arc<Waker>,
    ) -> Vec<Option<Answering>> {
        let with = ports.iter().zip(&mut self.ports).map(|(config, port)| {
            let answers = Arc::clone(config.answers.as_ref()?);
            let (answering, ear, voice) = Answering::new(answers, Arc::clone(waker));
            port.helper = Some(Helper { ear, voice, has_more: false });
            Some(answering)
        });
        with.collect()
    }

    /// Tells a port's answerer what its peer has kept, as far as it is its business.
    pub(super) fn tell_helper(&mut self, id: PortId, conn: u64, what: &What) {
        let Some(helper) = &mut self.ports[id.0].helper else { return };
        let (number, conn) = (conn, Conn(conn));
        let heard = match what {
            What::Accepted => {
                let Some(stream) = self.conns.get(&number) else { return };
                let is_datagrams = matches!(stream.kind, Kind::Udp(_));
                Heard::Connected { conn, from: stream.address, is_datagrams }
            }
            What::Left(bytes) => Heard::Message { conn, bytes: bytes.clone() },
            What::Named(name) => Heard::Named { conn, name: name.clone() },
            What::Closed(_) => Heard::Closed { conn },
            What::Refused | What::Received(_) | What::Message(_) | What::Sent(_) => return,
        };
        helper.ear.tell(heard);
    }

    /// Does what answerers ordered, some of each, unless the store is behind.
    pub(super) fn hear_helpers(&mut self) {
        for id in 0..self.ports.len() {
            let has_more = self.hear_helper(PortId(id));
            if let Some(helper) = &mut self.ports[id].helper {
                helper.has_more = has_more;
            }
        }
    }

    /// Whether an answerer may have ordered more than was done.
    pub(super) fn is_behind_helpers(&self) -> bool {
        self.ports.iter().any(|port| port.helper.as_ref().is_some_and(|helper| helper.has_more))
    }

    fn hear_helper(&mut self, id: PortId) -> bool {
        let Some(helper) = &mut self.ports[id.0].helper else { return false };
        if let Some(count) = helper.ear.take_left_out() {
            self.note(id, 0, Event::ScriptBehind(count));
        }
        for _ in 0..ORDERS_PER_TURN {
            if !self.has_room() {
                return true;
            }
            let Some(helper) = &self.ports[id.0].helper else { return false };
            match helper.voice.try_recv() {
                Ok(Uttered::Act(act)) => self.help(id, act),
                Ok(Uttered::Note(event)) => self.note(id, 0, event),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return false,
            }
        }
        true
    }

    /// Does what an answerer ordered, if the connection is still open.
    fn help(&mut self, id: PortId, act: Act) {
        let sent = match act {
            Act::Send(conn, _) => Some(conn),
            Act::End(..) | Act::SendAll(_) => None,
        };
        self.ports[id.0].peer.plan(self.clock.now(), act);
        self.tell(id, Input::Timeout);
        if let (Some(conn), Some(helper)) = (sent, &mut self.ports[id.0].helper) {
            helper.ear.tell(Heard::Sent { conn });
        }
    }
}
