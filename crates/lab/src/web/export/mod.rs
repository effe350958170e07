//! Messages as files: one after the other, so that a file may be longer than the memory.

mod packets;
mod text;

use super::api::Record;
use crate::config::PortKind;
use crate::store;
use packets::Packets;
use serde::Deserialize;
use std::collections::HashMap;
use std::mem;
use std::net::SocketAddr;
use utoipa::ToSchema;

/// What kinds of files there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// A line for each message, for people.
    Txt,
    /// A table.
    Csv,
    /// An object of JSON in each line, as `GET /api/messages` has it.
    Jsonl,
    /// Packets, for Wireshark.
    Pcapng,
}

impl Format {
    /// What the file is, and what it is called.
    pub(super) fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Txt => ("text/plain; charset=utf-8", "attachment; filename=\"lab.txt\""),
            Self::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"lab.csv\""),
            Self::Jsonl => ("application/jsonl", "attachment; filename=\"lab.jsonl\""),
            Self::Pcapng => ("application/x-pcapng", "attachment; filename=\"lab.pcapng\""),
        }
    }
}

/// What a port speaks, and where it listens, by its name.
pub(super) type Servers = HashMap<String, (PortKind, SocketAddr)>;

/// A file that is being written.
pub(super) enum Exporter {
    /// A line for each message, made by this.
    Lines(fn(store::Message) -> Vec<u8>, Vec<u8>),
    Packets(Box<Packets>),
}

impl Exporter {
    pub(super) fn new(format: Format, servers: Servers) -> Self {
        match format {
            Format::Txt => Self::Lines(|row| text::line(&row).into_bytes(), Vec::new()),
            Format::Csv => {
                Self::Lines(|row| text::csv_row(&text::cells(&row)), text::csv_row(&text::HEAD))
            }
            Format::Jsonl => {
                Self::Lines(|row| (Record::from(row).json() + "\n").into_bytes(), Vec::new())
            }
            Format::Pcapng => Self::Packets(Box::new(Packets::new(servers))),
        }
    }

    /// Adds a message; `address` knows where a connection came from.
    pub(super) fn add<E>(
        &mut self,
        row: store::Message,
        address: impl Fn(i64) -> Result<Option<String>, E>,
    ) -> Result<(), E> {
        match self {
            Self::Lines(line, written) => written.extend(line(row)),
            Self::Packets(packets) => packets.add(&row, address)?,
        }
        Ok(())
    }

    /// What was written since the last call.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Lines(_, written) => mem::take(written),
            Self::Packets(packets) => packets.take(),
        }
    }
}
