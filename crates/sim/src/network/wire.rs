//! One line between a device and a server, as the network sees it.

use crate::DeviceId;
use holdline_modem::{Confirm, Instant, Kind, LineId, Tls, TlsFailure};
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

/// The server's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    /// The server has not heard of the line.
    Unheard,
    Open,
    Gone,
}

/// In which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    Bytes(Vec<u8>),
    /// The bytes that came first of those not acknowledged have arrived.
    Acknowledge,
    Finish,
    /// The device's `Finish` has arrived.
    Finished,
    Reset,
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
    pub(super) near: Near,
    pub(super) far: Far,
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
        device: DeviceId,
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
            near: Near::Connecting,
            far: Far::Unheard,
            resend_for,
            unacknowledged: VecDeque::new(),
            held: Default::default(),
            unread: None,
            gives_up: false,
        }
    }

    pub(super) fn held(&mut self, way: Way) -> &mut VecDeque<Packet> {
        match way {
            Way::ToServer => &mut self.held[0],
            Way::ToDevice => &mut self.held[1],
        }
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
