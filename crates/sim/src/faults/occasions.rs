//! Faults of the line and of modules that wait for what devices do on their lines.

use super::Call;
use crate::DeviceId;
use holdline_peer::Conn;
use holdline_peer::fault::{Fault, Occasion};
use std::collections::BTreeMap;

/// One fault: each device that it can hit counts by itself, and is struck by itself.
#[derive(Debug)]
struct Waiting {
    fault: Fault,
    whom: Option<DeviceId>,
    /// `None` once the device was struck.
    counts: BTreeMap<DeviceId, Option<Occasion<Conn>>>,
}

/// Every fault that waits so.
#[derive(Debug, Default)]
pub(crate) struct Occasions(Vec<Waiting>);

impl Occasions {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn wait(&mut self, fault: &Fault, whom: Option<DeviceId>) {
        self.0.push(Waiting { fault: fault.clone(), whom, counts: BTreeMap::new() });
    }

    /// A device dials; says which faults strike with it.
    pub(crate) fn dial(&mut self, call: Call) -> Vec<Fault> {
        let hit = self.counting(call).filter_map(|(fault, count)| {
            count.as_mut().is_some_and(Occasion::connect).then(|| fault.clone())
        });
        hit.collect()
    }

    /// Bytes of a device have come to a server; says which faults strike with them.
    pub(crate) fn take_bytes(&mut self, call: Call, bytes: &[u8]) -> Vec<(Call, Fault)> {
        self.strike(call, |occasion| {
            let is_reached = occasion.reached_by(call.conn, bytes).is_some();
            occasion.take_bytes(call.conn, bytes);
            is_reached
        })
    }

    /// A server has taken a whole message of a device; says which faults strike with it.
    pub(crate) fn take_message(&mut self, call: Call) -> Vec<(Call, Fault)> {
        self.strike(call, |occasion| occasion.take_message(call.conn))
    }

    /// The connection is over.
    pub(crate) fn forget(&mut self, conn: Conn) {
        let counts = self.0.iter_mut().flat_map(|waiting| waiting.counts.values_mut()).flatten();
        counts.for_each(|occasion| occasion.forget(conn));
    }

    fn strike(
        &mut self,
        call: Call,
        is_met: impl Fn(&mut Occasion<Conn>) -> bool,
    ) -> Vec<(Call, Fault)> {
        let struck = self.counting(call).filter_map(|(fault, count)| {
            count.take_if(|occasion| is_met(occasion)).map(|_| (call, fault.clone()))
        });
        struck.collect()
    }

    /// Those that a call counts for, with what its device has counted.
    fn counting(
        &mut self,
        call: Call,
    ) -> impl Iterator<Item = (&Fault, &mut Option<Occasion<Conn>>)> {
        let counting = self.0.iter_mut().filter(move |Waiting { fault, whom, .. }| {
            whom.is_none_or(|only| only == call.device)
                && fault.port.is_none_or(|only| only == call.port)
        });
        counting.map(move |Waiting { fault, counts, .. }| {
            let fresh = || Some(Occasion::new(&fault.when));
            let count = counts.entry(call.device).or_insert_with(fresh);
            (&*fault, count)
        })
    }
}
