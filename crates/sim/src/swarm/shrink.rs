//! Fewer and simpler faults that show the same.

use super::{Reason, Swarm, begin_of};
use holdline_device::VmError;
use holdline_peer::fault::{Fault, Trouble, Ways, When};
use std::time::Duration;

/// Runs that simplifying may take. Taking faults away is not limited: it ends by itself, and soon.
const RUNS_MAX: usize = 150;

/// Lengths that a person remembers, in seconds.
const PLAIN_S: [u64; 15] = [1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600];

pub(super) fn shrink(swarm: &Swarm, seed: u64, faults: Vec<Fault>) -> Result<Vec<Fault>, VmError> {
    let Some(reason) = swarm.run(seed, &faults)?.reason else { return Ok(faults) };
    let mut shrinking = Shrinking { swarm, seed, reason, faults, runs: 0 };
    shrinking.take_away()?;
    shrinking.simplify()?;
    shrinking.unite()?;
    Ok(shrinking.faults)
}

struct Shrinking<'a> {
    swarm: &'a Swarm,
    seed: u64,
    /// What has to stay.
    reason: Reason,
    faults: Vec<Fault>,
    runs: usize,
}

impl Shrinking<'_> {
    /// Takes `faults` for those so far, if they still show the same.
    fn try_out(&mut self, faults: Vec<Fault>) -> Result<bool, VmError> {
        self.runs += 1;
        let reason = self.swarm.run(self.seed, &faults)?.reason;
        let shows = reason.is_some_and(|reason| reason.is_like(&self.reason));
        if shows {
            self.faults = faults;
        }
        Ok(shows)
    }

    /// Takes faults away by halves, by quarters and so on, until each of those left is needed.
    fn take_away(&mut self) -> Result<(), VmError> {
        let mut size = self.faults.len().div_ceil(2);
        while size > 0 {
            let mut first = 0;
            let mut taken = false;
            while first < self.faults.len() && self.faults.len() > 1 {
                let last = self.faults.len().min(first + size);
                let mut rest = self.faults.clone();
                rest.drain(first..last);
                if self.try_out(rest)? {
                    taken = true;
                } else {
                    first = last;
                }
            }
            // What was needed before may not be once another is gone.
            if !taken || size > 1 {
                size = if size == 1 { 0 } else { size.div_ceil(2) };
            }
        }
        Ok(())
    }

    /// Makes each fault simpler as long as one can be.
    fn simplify(&mut self) -> Result<(), VmError> {
        let mut place = 0;
        while place < self.faults.len() && self.runs < RUNS_MAX {
            let simpler = simpler(&self.faults[place]);
            let mut found = false;
            for fault in simpler {
                let mut faults = self.faults.clone();
                faults[place] = fault;
                found = self.runs < RUNS_MAX && self.try_out(faults)?;
                if found {
                    break;
                }
            }
            place = if found { 0 } else { place + 1 };
        }
        Ok(())
    }

    /// Makes one fault of two where that is as good, and that one simpler.
    fn unite(&mut self) -> Result<(), VmError> {
        for (one, other) in pairs(self.faults.len()) {
            let Some(down) = united(&self.faults[one], &self.faults[other]) else { continue };
            let mut faults = self.faults.clone();
            faults[one] = down;
            faults.remove(other);
            if self.try_out(faults)? {
                self.simplify()?;
                return self.unite();
            }
        }
        Ok(())
    }
}

/// Every two places of `len`, the first before the other.
fn pairs(len: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..len).flat_map(move |one| (one + 1..len).map(move |other| (one, other)))
}

/// One fault in the place of two: a server that ends its lines and then refuses others is down.
fn united(one: &Fault, other: &Fault) -> Option<Fault> {
    let is_end = |fault: &Fault| {
        matches!(fault.what, Trouble::Close | Trouble::Reset) && fault.lasts.is_none()
    };
    let (end, refusal) = if is_end(one) { (one, other) } else { (other, one) };
    if !is_end(end) || refusal.what != Trouble::Refuse || end.port != refusal.port {
        return None;
    }
    let when = When::At(begin_of(end).min(begin_of(refusal)));
    Some(Fault { what: Trouble::Down, when, ..refusal.clone() })
}

/// What may stand in the place of `fault`, the simplest first.
fn simpler(fault: &Fault) -> Vec<Fault> {
    let mut all = Vec::new();
    all.extend(plainer(fault.what).into_iter().map(|(what, is_moment)| {
        let lasts = fault.lasts.filter(|_| !is_moment);
        Fault { what, lasts, ..fault.clone() }
    }));
    if fault.port.is_some() {
        all.push(Fault { port: None, ..fault.clone() });
    }
    if let Some(lasts) = fault.lasts {
        let plain = PLAIN_S.map(Duration::from_secs).into_iter().filter(|&plain| plain < lasts);
        if fault.what.is_momentary() {
            all.push(Fault { lasts: None, ..fault.clone() });
        }
        all.extend(plain.map(|plain| Fault { lasts: Some(plain), ..fault.clone() }));
    }
    if let When::At(at) = fault.when {
        all.extend(rounder(at).map(|at| Fault { when: When::At(at), ..fault.clone() }));
    }
    all.retain(|other| other != fault && other.check().is_ok());
    all
}

/// Troubles that are easier to understand, with whether each is over in a moment.
fn plainer(what: Trouble) -> Vec<(Trouble, bool)> {
    let order = [
        (Trouble::Close, true),
        (Trouble::Reset, true),
        (Trouble::PdpLost, true),
        (Trouble::Refuse, false),
        (Trouble::Down, false),
        (Trouble::BlackHole(Ways::Both), false),
    ];
    let rank = order.iter().position(|(plain, _)| *plain == what).unwrap_or(order.len());
    order[..rank].to_vec()
}

/// Earlier or rounder times close to `at`: whole minutes before tens of seconds before seconds.
fn rounder(at: Duration) -> impl Iterator<Item = Duration> {
    let s = at.as_secs();
    let early = [60, 120].into_iter().filter(move |&early| early < s);
    let round = [60, 10, 1].into_iter().map(move |unit| s.div_ceil(unit) * unit);
    // A time that is as round as these is left as it is.
    let is_round = s.is_multiple_of(60) && at.subsec_nanos() == 0;
    early.chain(round.filter(move |_| !is_round)).map(Duration::from_secs)
}
