//! What a peer's host does with faults, and asks about them.

use core::time::Duration;

use super::Peer;
use crate::door::Conn;
use crate::fault::{Fault, TlsTrouble};
use crate::troubles::Spell;

impl Peer {
    /// The same server at a host that brings faults of the line about as well: it is told when one
    /// begins and ends, for every connection or for one. One that waits for connects, bytes, messages
    /// or a text strikes each connection by itself.
    #[must_use]
    pub fn with_line(mut self) -> Self {
        self.troubles.take_line();
        self
    }

    /// Hands a fault over at `now`, from when on it counts connects, bytes and messages; one that
    /// begins at once does so at the next timeout. What is no server's doing, or makes no sense, is
    /// ignored, faults of the line too but for a host that [takes them](Self::with_line), and so is
    /// the fault's port: see [`Fault::check`].
    ///
    /// Call [`poll_output`](Self::poll_output) afterwards to learn the deadline that follows.
    pub fn inject(&mut self, now: Duration, fault: Fault) {
        self.troubles.hand_over(now, fault);
    }

    /// The faults that have struck, oldest first: the last [`SPELLS_MAX`](crate::SPELLS_MAX).
    pub fn spells(&self) -> impl DoubleEndedIterator<Item = &Spell> {
        self.troubles.spells()
    }

    /// The faults that wait for their time or their occasion, the oldest first.
    pub fn waiting_faults(&self) -> impl Iterator<Item = &Fault> {
        self.troubles.waiting()
    }

    /// How many faults wait or stand.
    pub fn fault_count(&self) -> usize {
        self.troubles.count()
    }

    /// Takes every fault back at `now`: those that stand are over, those that wait never come. What
    /// they did is done.
    ///
    /// Call [`poll_output`](Self::poll_output) afterwards to learn the deadline that follows.
    pub fn lift_faults(&mut self, now: Duration) {
        self.troubles.lift(now);
        self.tell_of_line();
        self.fates.clear();
        self.conns.unmute();
    }

    /// Whether the server's process is away. The peer refuses connects meanwhile; a host that owns
    /// a listener may close it.
    pub fn is_down(&self) -> bool {
        self.troubles.is_down()
    }

    /// Whether a fault keeps the server silent on a connection at `now`. What is to be sent meanwhile
    /// never is, so a host that passes on what somebody else says keeps it until then.
    pub fn is_silent(&self, now: Duration, conn: Conn) -> bool {
        self.troubles.is_silent() || self.conns.is_mute(now, conn)
    }

    /// Until when a fault keeps the server silent on this one connection, whatever there is for all:
    /// the end of that is a deadline of the peer's, this is not.
    pub fn muted_until(&self, conn: Conn) -> Option<Duration> {
        self.conns.muted_until(conn)
    }

    /// How the TLS handshake of a connection that wants in fails at the moment. The host shakes hands, so
    /// the host fails; it says [`Input::Connecting`](crate::Input::Connecting) before, else faults that
    /// count connects hit nobody's handshake.
    pub fn tls_trouble(&self, conn: Conn) -> Option<TlsTrouble> {
        self.fates.get(&conn).and_then(|fate| fate.tls).or_else(|| self.troubles.tls())
    }
}
