//! What happened on the line: a bounded record of events, and counters that never stop.

use alloc::vec::Vec;
use core::time::Duration;

use crate::door::Conn;

/// How much a [`Record`] keeps unless told otherwise, in bytes.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// What an entry counts for in a [`Record`], in bytes, besides the bytes that crossed the line.
pub const ENTRY_BYTES: usize = 64;

/// One thing that happened on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, since the peer was started.
    pub at: Duration,
    /// Where.
    pub conn: Conn,
    /// What.
    pub what: What,
}

impl Entry {
    fn cost(&self) -> usize {
        ENTRY_BYTES + self.what.bytes().len()
    }
}

/// What happened on a connection, as the server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A device wanted to connect and was turned away.
    Refused,
    /// A device connected.
    Accepted,
    /// These bytes came from the device.
    Received(Vec<u8>),
    /// The bytes that came made up this message; only where there is a framing.
    Message(Vec<u8>),
    /// No rule took this message, so the host is to answer it; only where the host has said that it
    /// does. The bytes are those that rules look at.
    Left(Vec<u8>),
    /// The device gave its name, which stands for the rest of the connection.
    Named(Vec<u8>),
    /// These bytes were ordered to be sent to the device.
    Sent(Vec<u8>),
    /// The connection ended.
    Closed(By),
}

impl What {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Received(bytes)
            | Self::Message(bytes)
            | Self::Left(bytes)
            | Self::Named(bytes)
            | Self::Sent(bytes) => bytes,
            Self::Refused | Self::Accepted | Self::Closed(_) => &[],
        }
    }
}

/// Who ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The device's side, or the network between.
    Device,
    /// The server, in the regular way.
    Server,
    /// The server, by a reset.
    ServerReset,
}

/// A bounded record: it forgets the oldest entries, so that a month does not fill the memory.
///
/// When the limit is passed, entries go until half of it is free, which keeps adding cheap. An entry
/// that alone takes more than half is forgotten too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    entries: Vec<Entry>,
    bytes: usize,
    bytes_max: usize,
    forgotten: u64,
}

impl Record {
    /// A record that keeps at most `bytes_max` bytes, each entry counted as [`ENTRY_BYTES`] more.
    pub const fn with_limit(bytes_max: usize) -> Self {
        Self { entries: Vec::new(), bytes: 0, bytes_max, forgotten: 0 }
    }

    /// A record that keeps nothing, and costs nothing.
    pub const fn off() -> Self {
        Self::with_limit(0)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes what is kept, which makes room for more.
    pub(crate) fn take(&mut self) -> Vec<Entry> {
        self.bytes = 0;
        core::mem::take(&mut self.entries)
    }

    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Adds an entry; `what` is not even made if there is no room for any.
    pub(crate) fn keep(&mut self, at: Duration, conn: Conn, what: impl FnOnce() -> What) {
        if self.bytes_max < ENTRY_BYTES {
            self.forgotten += 1;
            return;
        }
        let entry = Entry { at, conn, what: what() };
        self.bytes += entry.cost();
        self.entries.push(entry);
        if self.bytes > self.bytes_max {
            self.forget();
        }
    }

    fn forget(&mut self) {
        let mut old = 0;
        while self.bytes > self.bytes_max / 2 {
            self.bytes -= self.entries[old].cost();
            old += 1;
        }
        self.entries.drain(..old);
        self.forgotten += old as u64;
    }
}

impl Default for Record {
    fn default() -> Self {
        Self::with_limit(RECORD_BYTES_MAX)
    }
}

/// Counters of all that happened since the start, whatever the record still keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Connections accepted, those turned away at once among them.
    pub connections: u64,
    /// What came from devices.
    pub received: Traffic,
    /// What was ordered to be sent to them.
    pub sent: Traffic,
}

/// Traffic in one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages: those that the framing makes of what came, or one for each
    /// [`Send`](crate::Output::Send).
    pub messages: u64,
    /// Bytes in all of them.
    pub bytes: u64,
}

impl Traffic {
    pub(crate) fn count(&mut self, message: &[u8]) {
        self.messages += 1;
        self.bytes += message.len() as u64;
    }
}
