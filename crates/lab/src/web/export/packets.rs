//! Messages as packets that could have carried them.
//!
//! The lab sees streams, not packets. Each connection gets a handshake, a packet for each read and each
//! send with the right numbers, and an end; headers and checksums are made up, the bytes are not.

use super::Servers;
use crate::config::PortKind;
use crate::store::{Kind, Message, is_reset_by_server};
use etherparse::{PacketBuilder, PacketBuilderStep, TcpHeader};
use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Bytes that one packet carries, at most.
const PIECE: usize = 60_000;

/// Nanoseconds, as a power of ten.
const NANOSECONDS: u8 = 9;

const TTL: u8 = 64;
const WINDOW: u16 = u16::MAX;

/// Connections that are over and may still have something on the way, at most.
const CLOSED_MAX: usize = 1000;

/// The connections whose packets are being made, and the file.
pub(in crate::web) struct Packets {
    servers: Servers,
    flows: HashMap<i64, Flow>,
    /// Those that are over, the oldest first.
    closed: VecDeque<i64>,
    file: PcapNgWriter<Vec<u8>>,
}

/// A connection: its two ends, and the number of the next byte of each.
struct Flow {
    kind: PortKind,
    device: End,
    server: End,
}

struct End {
    address: SocketAddr,
    next: u32,
}

/// What TCP says of a packet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    Syn,
    SynAck,
    Ack,
    Push,
    Fin,
    Reset,
}

impl Packets {
    /// A file of raw packets of IP.
    pub(super) fn new(servers: Servers) -> Self {
        let mut file = PcapNgWriter::new(Vec::new()).expect("memory takes all");
        let options = vec![InterfaceDescriptionOption::IfTsResol(NANOSECONDS)];
        let line = InterfaceDescriptionBlock { linktype: DataLink::RAW, snaplen: 0, options };
        file.write_pcapng_block(line).expect("memory takes all");
        Self { servers, flows: HashMap::new(), closed: VecDeque::new(), file }
    }

    /// Adds the packets of a message; `address` knows where a connection came from.
    pub(super) fn add<E>(
        &mut self,
        row: &Message,
        address: impl Fn(i64) -> Result<Option<String>, E>,
    ) -> Result<(), E> {
        if !self.flows.contains_key(&row.conn) {
            let from = address(row.conn)?.and_then(|address| address.parse().ok());
            let Some(from) = from else { return Ok(()) };
            self.flows.insert(row.conn, Flow::new(from, self.servers.get(&row.port).copied()));
        }
        let Some(flow) = self.flows.get_mut(&row.conn) else { return Ok(()) };
        let at = Duration::from_micros(u64::try_from(row.at).unwrap_or(0));
        for packet in flow.packets(row) {
            self.write(at, &packet);
        }
        if row.kind == Kind::Closed {
            self.closed.push_back(row.conn);
        }
        if self.closed.len() > CLOSED_MAX {
            self.closed.pop_front().map(|conn| self.flows.remove(&conn));
        }
        Ok(())
    }

    fn write(&mut self, timestamp: Duration, packet: &[u8]) {
        let original_len = packet.len() as u32;
        let (data, options) = (packet.into(), Vec::new());
        let block = EnhancedPacketBlock { interface_id: 0, timestamp, original_len, data, options };
        self.file.write_pcapng_block(block).expect("memory takes all");
    }

    /// What was written since the last call.
    pub(super) fn take(&mut self) -> Vec<u8> {
        mem::take(self.file.get_mut())
    }
}

impl Flow {
    /// A port that the lab no longer has is taken for one of TCP at an address of zeros.
    fn new(device: SocketAddr, server: Option<(PortKind, SocketAddr)>) -> Self {
        let nowhere = || match device {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let server = server.filter(|(_, at)| at.is_ipv4() == device.is_ipv4());
        let (kind, server) = server.unwrap_or_else(|| (PortKind::Tcp, nowhere()));
        let end = |address| End { address, next: 1 };
        Self { kind, device: end(device), server: end(server) }
    }

    fn packets(&mut self, row: &Message) -> Vec<Vec<u8>> {
        let is_up = row.kind == Kind::Received;
        match (self.kind == PortKind::Udp, row.kind) {
            (_, Kind::Received | Kind::Sent) => {
                let pieces: Vec<&[u8]> = match &*row.bytes {
                    [] => vec![&[]],
                    bytes => bytes.chunks(PIECE).collect(),
                };
                pieces.into_iter().map(|piece| self.carry(is_up, Flag::Push, piece)).collect()
            }
            (false, Kind::Accepted) => {
                [(true, Flag::Syn), (false, Flag::SynAck), (true, Flag::Ack)]
                    .map(|(is_up, flag)| self.carry(is_up, flag, &[]))
                    .into()
            }
            (false, Kind::Closed) => self.end(&String::from_utf8_lossy(&row.bytes)),
            (
                _,
                Kind::Accepted
                | Kind::Closed
                | Kind::Message
                | Kind::Refused
                | Kind::Named
                | Kind::FaultBegan
                | Kind::FaultEnded
                | Kind::MannerChanged
                | Kind::Secured
                | Kind::HandshakeFailed
                | Kind::LostUp
                | Kind::LostDown
                | Kind::ScriptBegan
                | Kind::ScriptSaid
                | Kind::ScriptFailed
                | Kind::ScriptStuck
                | Kind::ScriptBehind
                | Kind::ScriptTooLoud,
            ) => Vec::new(),
        }
    }

    /// The packets of an end, told by its reason as the store has it.
    fn end(&mut self, reason: &str) -> Vec<Vec<u8>> {
        let is_broken = reason.starts_with("broken: ");
        let is_up = reason == "closed by the device" || is_broken;
        if is_broken || is_reset_by_server(reason) {
            return vec![self.carry(is_up, Flag::Reset, &[])];
        }
        [(is_up, Flag::Fin), (!is_up, Flag::Fin), (is_up, Flag::Ack)]
            .map(|(is_up, flag)| self.carry(is_up, flag, &[]))
            .into()
    }

    /// One packet, from the device or to it.
    fn carry(&mut self, is_up: bool, flag: Flag, bytes: &[u8]) -> Vec<u8> {
        let (from, to) =
            if is_up { (&mut self.device, &self.server) } else { (&mut self.server, &self.device) };
        let (source, target) = (from.address, to.address);
        let ip = match (source.ip(), target.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                PacketBuilder::ipv4(from.octets(), to.octets(), TTL)
            }
            (from, to) => PacketBuilder::ipv6(v6(from), v6(to), TTL),
        };
        let mut packet = Vec::new();
        if self.kind == PortKind::Udp {
            let udp = ip.udp(source.port(), target.port());
            udp.write(&mut packet, bytes).expect("a piece has room in a packet");
            return packet;
        }
        // The number before the first byte is the handshake's.
        let is_syn = matches!(flag, Flag::Syn | Flag::SynAck);
        let number = if is_syn { 0 } else { from.next };
        let tcp = flag.of(ip.tcp(source.port(), target.port(), number, WINDOW), to.next);
        tcp.write(&mut packet, bytes).expect("a piece has room in a packet");
        from.next = from.next.wrapping_add(bytes.len() as u32);
        from.next = from.next.wrapping_add(u32::from(flag == Flag::Fin));
        packet
    }
}

impl Flag {
    fn of(self, tcp: PacketBuilderStep<TcpHeader>, heard: u32) -> PacketBuilderStep<TcpHeader> {
        match self {
            Self::Syn => tcp.syn(),
            Self::SynAck => tcp.syn().ack(heard),
            Self::Ack => tcp.ack(heard),
            Self::Push => tcp.psh().ack(heard),
            Self::Fin => tcp.fin().ack(heard),
            Self::Reset => tcp.rst().ack(heard),
        }
    }
}

fn v6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}
