//! One line between a device and a server, as the network sees it.

use crate::DeviceId;
use crate::faults::Call;
use holdline_modem::{Confirm, Instant, Kind, LineId, Tls, TlsFailure};
use holdline_peer::Conn;
use std::collections::VecDeque;
use std::time::Duration;

/// Where a line leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To this server.
    Server(usize),
    /// To an address where nothing listens.
    Nobody,
    /// To a name that has no address.
    NoName,
}

/// The device's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    Connecting,
    Open,
    /// The device ordered the close and waits for the answer.
    Closing,
    Gone,
}

/// What stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// Nothing in the way of packets but the weather.
    Open,
    /// What stands between has forgotten the line: no packet of it gets through ever again.
    Forgotten,
    /// The server's machine has vanished, by the fault of this number: nobody answers.
    Vanished(usize),
}

/// Bytes of several sends that are to become one segment.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) bytes: Vec<u8>,
    pub(super) sends: u32,
}

/// The server's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    /// The server has not heard of the line.
    Unheard,
    Open,
    Gone,
}

/// In which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    ToServer,
    ToDevice,
}

/// What crosses the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Connect,
    Accept,
    Refuse,
    NoName,
    /// The device's words in one round of a TLS handshake.
    Hello,
    /// The server's words that end a round.
    HelloBack,
    /// The handshake fails here.
    NoHandshake(Box<TlsFailure>),
    /// A segment, or a datagram.
    Bytes {
        bytes: Vec<u8>,
        /// How many sends of the device are whole with it.
        sends: u32,
    },
    /// So many sends, the first of those not acknowledged, have arrived.
    Acknowledge(u32),
    Finish,
    /// The device's `Finish` has arrived.
    Finished,
    Reset,
}

impl Packet {
    /// Bytes that are one send.
    pub(super) const fn sent(bytes: Vec<u8>) -> Self {
        Self::Bytes { bytes, sends: 1 }
    }

    /// How many bytes it carries.
    pub(super) fn len(&self) -> usize {
        if let Self::Bytes { bytes, .. } = self { bytes.len() } else { 0 }
    }

    /// The packet in pieces of at most `size` bytes; a send is whole with its last.
    pub(super) fn split(self, size: usize) -> Vec<Self> {
        let Self::Bytes { bytes, sends } = self else { return vec![self] };
        let size = size.max(1);
        if bytes.len() <= size {
            return vec![Self::Bytes { bytes, sends }];
        }
        let mut pieces: Vec<_> = bytes
            .chunks(size)
            .map(|piece| Self::Bytes { bytes: piece.to_vec(), sends: 0 })
            .collect();
        if let Some(Self::Bytes { sends: last, .. }) = pieces.last_mut() {
            *last = sends;
        }
        pieces
    }
}

/// A TLS handshake under way.
#[derive(Debug)]
pub(super) struct Handshake {
    pub(super) tls: Box<Tls>,
    /// Rounds that the device has yet to begin.
    pub(super) rounds_left: u8,
}

/// Round trips of a handshake, as in TLS 1.2.
const HANDSHAKE_ROUNDS: u8 = 2;

#[derive(Debug)]
pub(super) struct Wire {
    pub(super) device: DeviceId,
    pub(super) line: LineId,
    pub(super) kind: Kind,
    /// `None` also once it is done.
    pub(super) handshake: Option<Handshake>,
    pub(super) target: Target,
    pub(super) port: u16,
    /// The number that it had at first.
    pub(super) dialled: Conn,
    pub(super) near: Near,
    pub(super) far: Far,
    pub(super) road: Road,
    /// When a packet last got on its way, in either direction.
    pub(super) last_crossed: Instant,
    /// When the last packet each way arrives: a stream stays in order.
    arrives: [Instant; 2],
    /// What is being gathered into one segment, each way.
    merged: [Option<Merged>; 2],
    pub(super) resend_for: Duration,
    /// Sends that the server's end has not acknowledged: when, and how they are confirmed.
    pub(super) unacknowledged: VecDeque<(Instant, Confirm)>,
    /// What could not leave, each way: it is resent when the way is free again.
    held: [VecDeque<Packet>; 2],
    /// What arrived while the device does not read; `None` while it does.
    pub(super) unread: Option<VecDeque<Packet>>,
    /// Whether the end of resending has been planned.
    pub(super) gives_up: bool,
}

impl Wire {
    pub(super) fn new(
        Call { device, port, conn }: Call,
        line: LineId,
        kind: Kind,
        tls: Option<Box<Tls>>,
        target: Target,
        resend_for: Duration,
    ) -> Self {
        Self {
            device,
            line,
            kind,
            handshake: tls.map(|tls| Handshake { tls, rounds_left: HANDSHAKE_ROUNDS }),
            target,
            port,
            dialled: conn,
            near: Near::Connecting,
            far: Far::Unheard,
            road: Road::Open,
            last_crossed: Instant::ZERO,
            arrives: [Instant::ZERO; 2],
            merged: [None, None],
            resend_for,
            unacknowledged: VecDeque::new(),
            held: Default::default(),
            unread: None,
            gives_up: false,
        }
    }

    /// As faults see it.
    pub(super) const fn call(&self) -> Call {
        Call { device: self.device, port: self.port, conn: self.dialled }
    }

    pub(super) fn held(&mut self, way: Way) -> &mut VecDeque<Packet> {
        &mut self.held[way as usize]
    }

    pub(super) fn merged(&mut self, way: Way) -> &mut Option<Merged> {
        &mut self.merged[way as usize]
    }

    /// Puts a segment behind what is being gathered.
    pub(super) fn merge(&mut self, way: Way, packet: Packet) {
        let Packet::Bytes { bytes, sends } = packet else { return };
        let merged = self.merged(way).get_or_insert(Merged { bytes: Vec::new(), sends: 0 });
        merged.bytes.extend(bytes);
        merged.sends += sends;
    }

    /// When a packet arrives that would be there at `at`: no segment overtakes another.
    pub(super) fn arrival(&mut self, way: Way, at: Instant) -> Instant {
        if self.kind == Kind::Udp {
            return at;
        }
        let arrives = &mut self.arrives[way as usize];
        *arrives = (*arrives).max(at);
        *arrives
    }

    /// Whether the line stands only once somebody has answered.
    pub(super) fn needs_answer(&self) -> bool {
        self.kind == Kind::Tcp || self.target == Target::NoName
    }

    /// Whether the server was reached and the TLS handshake is not done.
    pub(super) fn is_shaking_hands(&self) -> bool {
        self.handshake.as_ref().is_some_and(|shake| shake.rounds_left < HANDSHAKE_ROUNDS)
    }

    /// The server that knows the line.
    pub(super) fn open_server(&self) -> Option<usize> {
        match (self.target, self.far) {
            (Target::Server(server), Far::Open) => Some(server),
            (Target::Server(_) | Target::Nobody | Target::NoName, _) => None,
        }
    }
}
