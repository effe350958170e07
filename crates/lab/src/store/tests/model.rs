//! All that the store keeps, as a list of rows that is gone through for each question.

use super::PORTS;
use crate::row::{End, Event, Row, UnixMicros};
use crate::store::{Connected, Filter, Kind, Message, Seen, key_of, kind};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Model {
    /// The first has the number 1.
    pub(super) rows: Vec<Row>,
}

impl Model {
    /// The key of the device whose each connection is; those that were never accepted have none.
    fn keys(&self) -> BTreeMap<u64, String> {
        let mut keys = BTreeMap::new();
        for Row { conn, event, .. } in &self.rows {
            if let Event::Accepted(_) = event {
                keys.insert(*conn, format!("conn-{conn}"));
            }
            if let Event::Named(name) = event {
                keys.insert(*conn, key_of(name));
            }
        }
        keys
    }

    fn connected(&self, conn: u64) -> Connected {
        let of_conn = || self.rows.iter().filter(|row| row.conn == conn);
        let (address, opened) = of_conn()
            .find_map(|row| {
                if let Event::Accepted(address) = &row.event { Some((address, row)) } else { None }
            })
            .expect("it was accepted");
        let end = of_conn().find_map(|row| {
            if let Event::Closed(end) = &row.event { Some((row.at.0, end.words())) } else { None }
        });
        Connected {
            conn: conn.cast_signed(),
            port: PORTS[opened.port.0].into(),
            address: address.to_string(),
            opened_at: opened.at.0,
            closed_at: end.as_ref().map(|end| end.0),
            reason: end.map(|end| end.1),
        }
    }

    /// The lab was killed: what was open is over.
    pub(super) fn end_all(&mut self) {
        let keys = self.keys();
        for conn in self.open_conns(None) {
            let of_device = |row: &&Row| keys.get(&row.conn) == keys.get(&conn);
            let at = self.rows.iter().filter(of_device).map(|row| row.at.0).max();
            let port = self.rows.iter().find(|row| row.conn == conn).map(|row| row.port);
            let (at, port) = at.zip(port).expect("it was accepted");
            let event = Event::Closed(End::Killed);
            self.rows.push(Row { at: UnixMicros(at), port, conn, event });
        }
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        let keys = self.keys();
        let message = |(index, row): (usize, &Row)| {
            let (kind, bytes) = kind::written(&row.event);
            Message {
                seq: index as i64 + 1,
                at: row.at.0,
                port: PORTS[row.port.0].into(),
                conn: row.conn.cast_signed(),
                device: keys.get(&row.conn).cloned(),
                kind,
                bytes: bytes.into_owned(),
            }
        };
        self.rows.iter().enumerate().map(message).collect()
    }

    /// In the order of their keys.
    pub(super) fn devices(&self) -> Vec<Seen> {
        let keys: BTreeSet<String> = self.keys().into_values().collect();
        let messages = self.messages();
        keys.into_iter().map(|key| self.seen(key, &messages)).collect()
    }

    fn seen(&self, key: String, messages: &[Message]) -> Seen {
        let hers = || messages.iter().filter(|message| message.device.as_ref() == Some(&key));
        let of_kind = |kind| hers().filter(move |message| message.kind == kind);
        let bytes = |kind| of_kind(kind).map(|message| message.bytes.len() as i64).sum();
        let names = self
            .rows
            .iter()
            .filter_map(|row| if let Event::Named(name) = &row.event { Some(name) } else { None });
        Seen {
            name: names.into_iter().find(|name| key_of(name) == key).cloned(),
            first_at: of_kind(Kind::Accepted).map(|message| message.at).min().unwrap_or(0),
            last_at: hers().map(|message| message.at).max().unwrap_or(0),
            messages_in: of_kind(Kind::Received).count() as i64,
            bytes_in: bytes(Kind::Received),
            messages_out: of_kind(Kind::Sent).count() as i64,
            bytes_out: bytes(Kind::Sent),
            connections: of_kind(Kind::Accepted).count() as i64,
            is_online: !self.open_conns(Some(&key)).is_empty(),
            key,
        }
    }

    /// The newest first.
    pub(super) fn conns(&self, key: &str, limit: usize) -> Vec<Connected> {
        let keys = self.keys();
        let hers = keys.into_iter().rev().filter(|(_, other)| other == key);
        hers.take(limit).map(|(conn, _)| self.connected(conn)).collect()
    }

    pub(super) fn open_conns(&self, key: Option<&str>) -> Vec<u64> {
        let mut open = self.keys();
        open.retain(|_, other| key.is_none_or(|key| key == other));
        for Row { conn, event, .. } in &self.rows {
            if let Event::Closed(_) = event {
                open.remove(conn);
            }
        }
        open.into_keys().collect()
    }

    /// The newest first.
    pub(super) fn beats(&self, key: &str, limit: usize) -> Vec<i64> {
        let is_beat = |message: &&Message| {
            message.device.as_deref() == Some(key) && message.kind == Kind::Received
        };
        let messages = self.messages();
        messages.iter().rev().filter(is_beat).take(limit).map(|message| message.at).collect()
    }
}

pub(super) fn is_wanted(filter: &Filter, message: &Message) -> bool {
    let Filter { devices, port, kinds, search, after } = filter;
    let holds = |bytes: &Vec<u8>| message.bytes.windows(bytes.len()).any(|part| part == bytes);
    message.seq > *after
        && (devices.is_empty() || message.device.as_ref().is_some_and(|key| devices.contains(key)))
        && port.as_ref().is_none_or(|port| *port == message.port)
        && (kinds.is_empty() || kinds.contains(&message.kind))
        && search.as_ref().is_none_or(holds)
}
