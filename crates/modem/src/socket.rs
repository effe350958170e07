//! The socket table: each line has a life of its own.

use crate::Profile;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A socket's number as scripts see it, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u16);

/// One life of one socket. An answer for any attempt but the current one comes too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt(pub u32);

/// What orders and answers name: a socket, and which of its lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    /// The socket.
    pub socket: SocketId,
    /// Which of its lives.
    pub attempt: Attempt,
}

/// What a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A byte stream.
    Tcp,
    /// Datagrams.
    Udp,
}

/// Why no connection was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Every plain socket of the module is taken, or every TLS socket.
    #[error("all {max} sockets are taken")]
    NoFreeSocket {
        /// How many of them the module has.
        max: u8,
    },
}

/// Where a socket comes from: each kind has a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The script connected it.
    Plain,
    /// The script connected it, over TLS.
    Tls,
    /// Somebody connected to the device.
    Accepted,
}

/// Unread bytes at which a line is no longer read.
pub(crate) const RX_WINDOW_BYTES: usize = 64 * 1024;

/// Where a socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Asked for a connection, no answer yet.
    Connecting,
    /// The line stands.
    Connected,
    /// The line is gone, or never stood; the script has not closed the socket yet.
    Dead,
    /// Closing on the script's order, no answer yet.
    Closing,
    /// Closed; the number is free once the script has taken the answer.
    Closed,
}

/// One socket.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) attempt: Attempt,
    pub(crate) kind: Kind,
    origin: Origin,
    pub(crate) state: State,
    /// Lengths of sends that wait for their confirmation, oldest first.
    pub(crate) unconfirmed: VecDeque<u32>,
    /// Whether the driver has been told to stop reading.
    pub(crate) paused: bool,
    unread: Unread,
}

impl Socket {
    fn new(attempt: Attempt, kind: Kind, origin: Origin) -> Self {
        let state = if origin == Origin::Accepted { State::Connected } else { State::Connecting };
        Self {
            attempt,
            kind,
            origin,
            state,
            unconfirmed: VecDeque::new(),
            paused: false,
            unread: Unread::default(),
        }
    }

    /// Keeps `bytes` until the script reads them; returns how many came.
    pub(crate) fn keep(&mut self, bytes: Vec<u8>) -> u32 {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.unread.len += bytes.len();
        self.unread.chunks.push_back(bytes);
        len
    }

    /// Up to `max` bytes: across chunks of a stream, but never across two datagrams.
    pub(crate) fn take(&mut self, max: usize) -> Vec<u8> {
        let mut taken = self.unread.take_front(max);
        while self.kind == Kind::Tcp && taken.len() < max && !self.unread.chunks.is_empty() {
            taken.extend(self.unread.take_front(max - taken.len()));
        }
        taken
    }

    /// Bytes that wait to be read.
    pub(crate) fn unread_len(&self) -> usize {
        self.unread.len
    }
}

/// Received and not yet read, in the chunks in which it came.
#[derive(Debug, Default)]
struct Unread {
    chunks: VecDeque<Vec<u8>>,
    len: usize,
}

impl Unread {
    /// Up to `max` bytes of the oldest chunk; the usual case, a whole chunk, moves without a copy.
    fn take_front(&mut self, max: usize) -> Vec<u8> {
        let Some(mut front) = self.chunks.pop_front() else { return Vec::new() };
        if front.len() > max {
            let rest = front.split_off(max);
            self.chunks.push_front(rest);
        }
        self.len -= front.len();
        front
    }
}

/// The sockets of a module, the lowest free number first.
#[derive(Debug)]
pub(crate) struct Sockets {
    slots: Vec<Option<Socket>>,
    /// Every number below is taken.
    taken_to: u16,
    plain_max: u8,
    tls_max: u8,
    attempts: u32,
}

impl Sockets {
    pub(crate) fn new(profile: &Profile) -> Self {
        Self {
            slots: Vec::new(),
            taken_to: 0,
            plain_max: profile.sockets_max,
            tls_max: profile.tls_sockets_max,
            attempts: 0,
        }
    }

    /// Takes the lowest free number for a new life.
    pub(crate) fn open(&mut self, kind: Kind, is_tls: bool) -> Result<LineId, ConnectError> {
        let (origin, max) =
            if is_tls { (Origin::Tls, self.tls_max) } else { (Origin::Plain, self.plain_max) };
        let taken = self.slots.iter().flatten().filter(|socket| socket.origin == origin).count();
        let has_room = taken < usize::from(max);
        let line = if has_room { self.take(kind, origin) } else { None };
        line.ok_or(ConnectError::NoFreeSocket { max })
    }

    /// Takes the lowest free number for a line that stands already; none where every number is taken.
    pub(crate) fn accept(&mut self, kind: Kind) -> Option<LineId> {
        self.take(kind, Origin::Accepted)
    }

    fn take(&mut self, kind: Kind, origin: Origin) -> Option<LineId> {
        let known = usize::from(self.taken_to);
        let rest = self.slots.iter().skip(known);
        let free = known + rest.take_while(|slot| slot.is_some()).count();
        let socket = SocketId(u16::try_from(free).ok().filter(|&number| number != u16::MAX)?);
        if free == self.slots.len() {
            // Most devices have a line or two; a server's table grows by itself.
            if origin != Origin::Accepted {
                self.slots.reserve_exact(1);
            }
            self.slots.push(None);
        }
        self.attempts = self.attempts.wrapping_add(1);
        let attempt = Attempt(self.attempts);
        self.slots[free] = Some(Socket::new(attempt, kind, origin));
        self.taken_to = socket.0 + 1;
        Some(LineId { socket, attempt })
    }

    pub(crate) fn get(&mut self, id: SocketId) -> Option<&mut Socket> {
        self.slots.get_mut(usize::from(id.0))?.as_mut()
    }

    /// The socket of `line`, unless it has begun another life since.
    pub(crate) fn of_line(&mut self, line: LineId) -> Option<&mut Socket> {
        self.get(line.socket).filter(|socket| socket.attempt == line.attempt)
    }

    /// Whether a number is taken.
    pub(crate) fn holds(&self, id: SocketId) -> bool {
        self.slots.get(usize::from(id.0)).is_some_and(Option::is_some)
    }

    /// How many numbers are taken.
    pub(crate) fn taken(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    pub(crate) fn free(&mut self, id: SocketId) {
        if let Some(slot) = self.slots.get_mut(usize::from(id.0)) {
            *slot = None;
            self.taken_to = self.taken_to.min(id.0);
        }
    }

    /// Every socket in use.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Socket> {
        self.slots.iter().flatten()
    }

    /// Every socket in use, with its number.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (SocketId, &mut Socket)> {
        (0u16..).zip(&mut self.slots).filter_map(|(n, slot)| Some((SocketId(n), slot.as_mut()?)))
    }

    /// Ends every life at once and returns the lines that still stood or were coming up.
    pub(crate) fn clear(&mut self) -> Vec<LineId> {
        let lines = self
            .iter_mut()
            .filter(|(_, socket)| !matches!(socket.state, State::Dead | State::Closed))
            .map(|(id, socket)| LineId { socket: id, attempt: socket.attempt })
            .collect();
        self.slots.clear();
        self.taken_to = 0;
        lines
    }
}
